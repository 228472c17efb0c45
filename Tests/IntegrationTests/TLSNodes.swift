// Nodes that speak TLS: `openssl s_server` with certificates made for the test run.

import DNS
import Foundation
import Linux

extension Tool {
  static let openssl = Tool("openssl")
  static let perl = Tool("perl")
  static let shell = Tool("sh")
}

/// Certificates of a small world, for `mail.it.example` where nothing else is said.
struct TestCertificates {
  enum Kind: String, CaseIterable {
    case good
    /// Expires within three days.
    case soon
    case expired
    /// For `other.it.example`.
    case other
    /// Signed by itself.
    case lonely
  }

  let scratch: Scratch
  /// The authority that signed all but the lonely one.
  var authority: String { scratch.file("ca.pem") }

  init(in scratch: Scratch) throws {
    self.scratch = scratch
    let script = """
      set -e
      cd \(scratch.path)
      key='-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -noenc'
      make() { # NAME SUBJECT OPTIONS...
        name=$1 subject=$2
        shift 2
        openssl req -x509 $key -days 30 -subj "/CN=$subject" -addext "subjectAltName=DNS:$subject" \\
          -keyout "$name.key" -out "$name.pem" "$@"
      }
      openssl req -x509 $key -days 30 -subj '/CN=Test CA' -keyout ca.key -out ca.pem
      make good mail.it.example -CA ca.pem -CAkey ca.key -addext basicConstraints=critical,CA:FALSE
      make soon mail.it.example -days 3 -CA ca.pem -CAkey ca.key -addext basicConstraints=critical,CA:FALSE
      make other other.it.example -CA ca.pem -CAkey ca.key -addext basicConstraints=critical,CA:FALSE
      make lonely mail.it.example
      printf '[ca]\\ndefault_ca=s\\n[s]\\ndatabase=index\\nserial=serial\\nnew_certs_dir=.\\ndefault_md=sha256\\n' >ca.cnf
      printf 'policy=p\\nx509_extensions=l\\n[p]\\ncommonName=supplied\\n[l]\\n' >>ca.cnf
      printf 'subjectAltName=DNS:mail.it.example\\n' >>ca.cnf
      : >index
      echo 01 >serial
      openssl req -new $key -keyout expired.key -subj /CN=mail.it.example -out expired.csr
      openssl ca -batch -notext -config ca.cnf -cert ca.pem -keyfile ca.key -in expired.csr \\
        -startdate 20200101000000Z -enddate 20210101000000Z -out expired.pem
      """
    let result = try Tool.shell.run(["-c", script])
    guard result.status == 0 else { throw DeadlinePassed(description: "openssl: \(result.errors)") }
  }

  func options(_ kind: Kind) -> String {
    "-cert \(scratch.file(kind.rawValue)).pem -key \(scratch.file(kind.rawValue)).key"
  }
}

/// A running server for one test.
struct TLSNode {
  let port: UInt16
  private let process: ChildProcess

  /// Serves the files of the folder, which hold whole HTTP responses, or says `script` to its first client.
  init(
    at address: IPAddress, _ certificate: TestCertificates.Kind, of certificates: TestCertificates,
    _ options: String = "-HTTP", saying script: String? = nil
  ) throws {
    let folder = certificates.scratch.path
    let server = "openssl s_server -accept \(address):0 \(certificates.options(certificate)) \(options) 1>&2"
    let pipe = "pipe-\(UUID().uuidString.prefix(8))"
    // Both ends in one process: the server's input does not end when all is said.
    let prelude = script.map { "mkfifo \(pipe); exec 3<>\(pipe); printf '\($0)' >&3; exec \(server) <&3" }
    let process = try ChildProcess("/bin/sh", ["-c", "cd \(folder); \(prelude ?? "exec \(server)")"])
    self.process = process
    port = try wait(for: "the port of s_server") {
      process.errors.split(separator: "\n").first { $0.hasPrefix("ACCEPT ") }?
        .split(separator: ":").last.flatMap { UInt16($0) }
    }
  }
}

/// A node that speaks SMTP in clear up to STARTTLS and hands the connection to a TLS server then.
struct UpgradingNode {
  let port: UInt16
  private let process: ChildProcess

  init(at address: IPAddress, handingTo inner: UInt16) throws {
    let script = """
      use IO::Socket::INET; use IO::Select; $| = 1;
      my $l = IO::Socket::INET->new(LocalAddr => '\(address)', LocalPort => 0, Listen => 5) or die;
      print STDERR 'PORT ', $l->sockport, chr(10);
      my $c = $l->accept; my $e = chr(13) . chr(10);
      syswrite $c, "220 ex1.it.example ESMTP$e"; sysread $c, my $x, 999 or exit;
      syswrite $c, "250-ex1.it.example$e" . "250 STARTTLS$e"; sysread $c, $x, 999 or exit;
      my $s = IO::Socket::INET->new(PeerAddr => '\(address)', PeerPort => \(inner)) or die;
      syswrite $c, "220 go ahead$e";
      my $w = IO::Select->new($c, $s);
      while (my @r = $w->can_read) { for (@r) {
        sysread $_, my $d, 65536 or exit; syswrite $_ == $c ? $s : $c, $d;
      } }
      """
    let process = try ChildProcess("/usr/bin/perl", ["-e", script])
    self.process = process
    port = try wait(for: "the port of the upgrading node") {
      process.errors.split(separator: "\n").first { $0.hasPrefix("PORT ") }.flatMap { UInt16($0.dropFirst(5)) }
    }
  }
}
