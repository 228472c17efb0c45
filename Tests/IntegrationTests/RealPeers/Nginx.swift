// nginx with a health page, with every way in which a page can be wrong, and with a page and a certificate that change.

import DNS

final class Nginx {
  static let port: UInt16 = 8_080
  static let securePort: UInt16 = 8_443

  private let server: PeerServer
  private let scratch: Scratch
  private let address: String

  /// Serves by HTTP at 8080, and with a certificate by HTTPS at 8443.
  init(
    at address: IPAddress, named name: String = "ex1", _ certificate: TestCertificates.Kind? = nil,
    of certificates: TestCertificates? = nil,
    in namespace: Namespace? = nil
  ) throws {
    scratch = try Scratch()
    self.address = address.description
    // Two gigabytes that take no room on the disk.
    try Tool.shell.run(["-c", "truncate -s 2G \(scratch.file("huge"))"])
    try scratch.write("\(name).it.example: all well\n", to: "health")
    try scratch.write("ex2.it.example: all well\n", to: "other")
    try scratch.write("location /page { \(Page.well.action) }", to: "page.conf")
    if let certificate, let certificates {
      try scratch.write(
        "listen \(address):\(Nginx.securePort) ssl; \(Nginx.lines(certificate, of: certificates))", to: "tls.conf")
    }
    try scratch.write(
      """
      user root; worker_processes 1; daemon off; pid \(scratch.file("pid")); error_log stderr error;
      events { worker_connections 256; }
      http {
        access_log off; default_type text/plain; root \(scratch.path);
        client_body_temp_path \(scratch.file("body")); proxy_temp_path \(scratch.file("proxy"));
        fastcgi_temp_path \(scratch.file("fastcgi")); uwsgi_temp_path \(scratch.file("uwsgi"));
        scgi_temp_path \(scratch.file("scgi"));
        server {
          listen \(address):\(Nginx.port);
          include \(scratch.path)/tls*.conf;
          include \(scratch.path)/page.conf;
          location /busy { return 503; }
          location /moved { return 302 /login; }
          location /drip { alias \(scratch.file("health")); limit_rate 1; }
        }
      }
      """, to: "nginx.conf")
    server = try PeerServer(
      ["nginx", "-e", "stderr", "-p", scratch.path, "-c", scratch.file("nginx.conf")], in: namespace)
    // In a namespace the checks themselves find out.
    if namespace == nil { try waitForPort(Nginx.port, at: address, of: server) }
  }

  @discardableResult
  func stop() -> ContinuousClock.Instant { server.stop() }
  func freeze() { server.freeze() }
  func thaw() { server.thaw() }

  /// What becomes of `/page`.
  enum Page: String {
    case well, busy, moved, drip, huge

    fileprivate var action: String { "rewrite .* /\(self == .well ? "health" : rawValue) last;" }
  }

  func change(to page: Page) throws {
    try scratch.write("location /page { \(page.action) }", to: "page.conf")
    server.reload()
  }

  func change(
    to certificate: TestCertificates.Kind, of certificates: TestCertificates, _ versions: TLSVersions = .usual
  ) throws {
    let more = versions == .usual ? "" : "ssl_protocols TLSv1.3;"
    try scratch.write(
      "listen \(address):\(Nginx.securePort) ssl; \(Nginx.lines(certificate, of: certificates)) \(more)",
      to: "tls.conf")
    server.reload()
  }

  private static func lines(_ kind: TestCertificates.Kind, of certificates: TestCertificates) -> String {
    let path = certificates.scratch.file(kind.rawValue)
    return "ssl_certificate \(path).pem; ssl_certificate_key \(path).key;"
  }
}
