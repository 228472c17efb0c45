// What no real server does on request: an agent, and a service that has no business on its port.

import DNS
import Foundation

/// Says one line to whoever connects, and closes.
final class Agent {
  static let port: UInt16 = 9_999
  private let server: PeerServer
  private let scratch: Scratch

  init(at address: IPAddress, in namespace: Namespace?) throws {
    scratch = try Scratch()
    try scratch.write("up ready\n", to: "line")
    server = try PeerServer(
      [
        "perl", "-e",
        """
        use IO::Socket::INET;
        my $l = IO::Socket::INET->new(LocalAddr => '\(address):\(Agent.port)', Listen => 1024, ReuseAddr => 1) or die $!;
        while (my $c = $l->accept) { open my $f, '<', '\(scratch.file("line"))'; print {$c} <$f>; close $c }
        """,
      ], in: namespace)
  }

  func say(_ line: String) throws { try scratch.write(line + "\n", to: "line") }
  func stop() { server.stop() }
  func freeze() { server.freeze() }
}

/// Greets like SSH on every one of some ports, and then listens in silence.
final class OtherService {
  private let server: PeerServer

  init(at address: IPAddress, ports: [UInt16], in namespace: Namespace?) throws {
    server = try PeerServer(
      [
        "perl", "-e",
        """
        use IO::Socket::INET; use IO::Select;
        my $s = IO::Select->new(map { IO::Socket::INET->new(LocalAddr => "\(address):$_", Listen => 1024, ReuseAddr => 1)
          or die "$_: $!" } @ARGV);
        my @kept;
        while (1) { for ($s->can_read) { my $c = $_->accept or next; syswrite $c, "SSH-2.0-OpenSSH_9.2\\r\\n"; push @kept, $c } }
        """,
      ] + ports.map(String.init), in: namespace)
  }
}
