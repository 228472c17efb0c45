// The functions of OpenSSL 3 that are used here, as C types written down from its headers: `ssl.h`, `x509.h`,
// `x509_vfy.h`, `err.h`, `crypto.h`. SSL, SSL_CTX, X509 and their like are opaque to us.

internal import CLinux
internal import Glibc

/// The addresses of OpenSSL's functions.
///
/// Each property is named by its function, which `init` names as C does; each is called with what that function's manual
/// page asks for.
@safe
final class OpenSSLFunctions {
  typealias Text = UnsafePointer<CChar>
  /// The octets of an `unsigned char **`.
  typealias Output = UnsafeMutablePointer<UnsafeMutablePointer<UInt8>?>

  // The library.
  let initialize: @convention(c) (UInt64, OpaquePointer?) -> Int32
  let version: @convention(c) (Int32) -> Text?

  // The error queue of the calling thread.
  let clearErrors: @convention(c) () -> Void
  let nextError: @convention(c) () -> UInt
  let reasonText: @convention(c) (UInt) -> Text?

  // Contexts.
  let clientMethod: @convention(c) () -> OpaquePointer?
  let newContext: @convention(c) (OpaquePointer?) -> OpaquePointer?
  let freeContext: @convention(c) (OpaquePointer?) -> Void
  let controlContext: @convention(c) (OpaquePointer?, Int32, Int, UnsafeMutableRawPointer?) -> Int
  let setContextOptions: @convention(c) (OpaquePointer?, UInt64) -> UInt64
  let setPostHandshakeAuthentication: @convention(c) (OpaquePointer?, Int32) -> Void
  let setCipherList: @convention(c) (OpaquePointer?, Text?) -> Int32
  let setVerify: @convention(c) (OpaquePointer?, Int32, OpaquePointer?) -> Void
  let trustDefaultFile: @convention(c) (OpaquePointer?) -> Int32
  let trustLocations: @convention(c) (OpaquePointer?, Text?, Text?) -> Int32
  let contextParameters: @convention(c) (OpaquePointer?) -> OpaquePointer?

  // Sessions.
  let newSession: @convention(c) (OpaquePointer?) -> OpaquePointer?
  let freeSession: @convention(c) (OpaquePointer?) -> Void
  let setDescriptor: @convention(c) (OpaquePointer?, Int32) -> Int32
  let controlSession: @convention(c) (OpaquePointer?, Int32, Int, UnsafeMutableRawPointer?) -> Int
  let sessionParameters: @convention(c) (OpaquePointer?) -> OpaquePointer?
  let setConnectState: @convention(c) (OpaquePointer?) -> Void
  let handshake: @convention(c) (OpaquePointer?) -> Int32
  let read: @convention(c) (OpaquePointer?, UnsafeMutableRawPointer?, Int, UnsafeMutablePointer<Int>?) -> Int32
  let write: @convention(c) (OpaquePointer?, UnsafeRawPointer?, Int, UnsafeMutablePointer<Int>?) -> Int32
  let shutdown: @convention(c) (OpaquePointer?) -> Int32
  let outcome: @convention(c) (OpaquePointer?, Int32) -> Int32
  let verifyResult: @convention(c) (OpaquePointer?) -> Int
  let protocolName: @convention(c) (OpaquePointer?) -> Text?
  let currentCipher: @convention(c) (OpaquePointer?) -> OpaquePointer?
  let cipherName: @convention(c) (OpaquePointer?) -> Text?
  let peerCertificate: @convention(c) (OpaquePointer?) -> OpaquePointer?

  // Certificates.
  let setHost: @convention(c) (OpaquePointer?, Text?, Int) -> Int32
  let setAddress: @convention(c) (OpaquePointer?, UnsafePointer<UInt8>?, Int) -> Int32
  let setHostFlags: @convention(c) (OpaquePointer?, UInt32) -> Void
  let setVerifyFlags: @convention(c) (OpaquePointer?, UInt) -> Int32
  let verifyText: @convention(c) (Int) -> Text?
  let encodeCertificate: @convention(c) (OpaquePointer?, Output?) -> Int32
  let freeCertificate: @convention(c) (OpaquePointer?) -> Void
  let defaultFolder: @convention(c) () -> Text?
  let defaultFolderVariable: @convention(c) () -> Text?

  init(crypto: SharedObject, ssl: SharedObject) throws(TLSLibraryError) {
    // The types above are those of the headers; OpenSSL keeps them within one number of its shared library.
    unsafe initialize = try ssl.function("OPENSSL_init_ssl")
    unsafe version = try crypto.function("OpenSSL_version")

    unsafe clearErrors = try crypto.function("ERR_clear_error")
    unsafe nextError = try crypto.function("ERR_get_error")
    unsafe reasonText = try crypto.function("ERR_reason_error_string")

    unsafe clientMethod = try ssl.function("TLS_client_method")
    unsafe newContext = try ssl.function("SSL_CTX_new")
    unsafe freeContext = try ssl.function("SSL_CTX_free")
    unsafe controlContext = try ssl.function("SSL_CTX_ctrl")
    unsafe setContextOptions = try ssl.function("SSL_CTX_set_options")
    unsafe setPostHandshakeAuthentication = try ssl.function("SSL_CTX_set_post_handshake_auth")
    unsafe setCipherList = try ssl.function("SSL_CTX_set_cipher_list")
    unsafe setVerify = try ssl.function("SSL_CTX_set_verify")
    unsafe trustDefaultFile = try ssl.function("SSL_CTX_set_default_verify_file")
    unsafe trustLocations = try ssl.function("SSL_CTX_load_verify_locations")
    unsafe contextParameters = try ssl.function("SSL_CTX_get0_param")

    unsafe newSession = try ssl.function("SSL_new")
    unsafe freeSession = try ssl.function("SSL_free")
    unsafe setDescriptor = try ssl.function("SSL_set_fd")
    unsafe controlSession = try ssl.function("SSL_ctrl")
    unsafe sessionParameters = try ssl.function("SSL_get0_param")
    unsafe setConnectState = try ssl.function("SSL_set_connect_state")
    unsafe handshake = try ssl.function("SSL_do_handshake")
    unsafe read = try ssl.function("SSL_read_ex")
    unsafe write = try ssl.function("SSL_write_ex")
    unsafe shutdown = try ssl.function("SSL_shutdown")
    unsafe outcome = try ssl.function("SSL_get_error")
    unsafe verifyResult = try ssl.function("SSL_get_verify_result")
    unsafe protocolName = try ssl.function("SSL_get_version")
    unsafe currentCipher = try ssl.function("SSL_get_current_cipher")
    unsafe cipherName = try ssl.function("SSL_CIPHER_get_name")
    unsafe peerCertificate = try ssl.function("SSL_get1_peer_certificate")

    unsafe setHost = try crypto.function("X509_VERIFY_PARAM_set1_host")
    unsafe setAddress = try crypto.function("X509_VERIFY_PARAM_set1_ip")
    unsafe setHostFlags = try crypto.function("X509_VERIFY_PARAM_set_hostflags")
    unsafe setVerifyFlags = try crypto.function("X509_VERIFY_PARAM_set_flags")
    unsafe verifyText = try crypto.function("X509_verify_cert_error_string")
    unsafe encodeCertificate = try crypto.function("i2d_X509")
    unsafe freeCertificate = try crypto.function("X509_free")
    unsafe defaultFolder = try crypto.function("X509_get_default_cert_dir")
    unsafe defaultFolderVariable = try crypto.function("X509_get_default_cert_dir_env")
  }
}

// Addresses of code, never changed. OpenSSL keeps its errors per thread and locks what it shares.
extension OpenSSLFunctions: @unchecked Sendable {}

extension OpenSSLFunctions {
  /// A copy of one of OpenSSL's constant texts.
  func string(_ text: Text?) -> String? {
    // Null or a C string that lives as long as the library, which is never unloaded.
    unsafe text.map { unsafe String(cString: $0) }
  }

  /// The folders in which OpenSSL looks for authorities: those of `$SSL_CERT_DIR`, or `/usr/lib/ssl/certs` on Debian.
  var authorityFolders: [String] {
    let named = unsafe string(defaultFolderVariable()).flatMap { environment($0) }
    let folders = unsafe named ?? string(defaultFolder()) ?? ""
    return folders.split(separator: ":").map(String.init)
  }
}

/// The macros of OpenSSL's headers, which a shared library does not tell.
enum OpenSSL {
  /// OPENSSL_INIT_NO_ATEXIT
  static let initNoAtExit: UInt64 = 0x0008_0000
  /// OPENSSL_INIT_NO_LOAD_CONFIG
  static let initNoConfiguration: UInt64 = 0x80
  /// OPENSSL_VERSION
  static let versionText: Int32 = 0

  /// SSL_CTRL_MODE, SSL_CTRL_SET_TLSEXT_HOSTNAME, SSL_CTRL_CLEAR_MODE, SSL_CTRL_SET_MIN_PROTO_VERSION
  static let controlMode: Int32 = 33
  static let controlServerName: Int32 = 55
  static let controlClearMode: Int32 = 78
  static let controlLowestVersion: Int32 = 123
  /// SSL_MODE_ENABLE_PARTIAL_WRITE, SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER, SSL_MODE_RELEASE_BUFFERS
  static let modePartialWrite = 0x01
  static let modeMovingBuffer = 0x02
  static let modeReleaseBuffers = 0x10
  /// SSL_MODE_AUTO_RETRY
  static let modeAutoRetry = 0x04
  /// SSL_OP_LEGACY_SERVER_CONNECT, SSL_OP_ALLOW_UNSAFE_LEGACY_RENEGOTIATION
  static let optionLegacyServer: UInt64 = 1 << 2
  static let optionLegacyRenegotiation: UInt64 = 1 << 18
  /// SSL_CTRL_GET_NUM_RENEGOTIATIONS
  static let controlRenegotiations: Int32 = 10
  /// TLSEXT_NAMETYPE_host_name
  static let nameTypeHost = 0
  /// TLS1_VERSION, TLS1_2_VERSION
  static let tls10 = 0x0301
  static let tls12 = 0x0303

  /// SSL_VERIFY_NONE, SSL_VERIFY_PEER
  static let verifyNone: Int32 = 0
  static let verifyPeer: Int32 = 1
  /// X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS
  static let hostNoPartialWildcards: UInt32 = 0x4
  /// X509_CHECK_FLAG_NEVER_CHECK_SUBJECT
  static let hostNoCommonName: UInt32 = 0x20
  /// X509_V_FLAG_PARTIAL_CHAIN
  static let verifyPartialChain: UInt = 0x80000

  /// SSL_ERROR_WANT_READ, SSL_ERROR_WANT_WRITE, SSL_ERROR_SYSCALL, SSL_ERROR_ZERO_RETURN
  static let wantRead: Int32 = 2
  static let wantWrite: Int32 = 3
  static let systemCall: Int32 = 5
  static let zeroReturn: Int32 = 6

  /// ERR_LIB_SSL
  static let sslRoutines: UInt = 20
  /// SSL_R_CERTIFICATE_VERIFY_FAILED
  static let reasonVerifyFailed: UInt = 134
  /// SSL_R_WRONG_VERSION_NUMBER
  static let reasonWrongVersion: UInt = 267
  /// SSL_R_UNSUPPORTED_PROTOCOL, SSL_R_UNSAFE_LEGACY_RENEGOTIATION_DISABLED
  static let reasonUnsupportedProtocol: UInt = 258
  static let reasonLegacyRenegotiation: UInt = 338
  /// SSL_AD_PROTOCOL_VERSION
  static let alertProtocolVersion: UInt = 70
  /// X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY, X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE
  static let verifyNoIssuer = 20
  static let verifyNoIssuerOfLeaf = 21
  /// SSL_R_UNEXPECTED_EOF_WHILE_READING
  static let reasonUnexpectedEOF: UInt = 294
  /// SSL_AD_REASON_OFFSET: the number of an alert that the peer sent, plus this, is the reason.
  static let reasonAlertOffset: UInt = 1_000
}
