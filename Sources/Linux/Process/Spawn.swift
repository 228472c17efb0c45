// How a program is started: a list of orders that the kernel's new process carries out before it becomes the program.
//
// fork(2) in a process of many threads copies their locks in whatever state they are; posix_spawn(3) has no such moment.

internal import CLinux
internal import Glibc

/// Starts `command` with its standard output, and its errors if they are joined, going to `output`.
///
/// Returns its number once it has become the program; throws what kept it from that, such as `.noSuchFileOrDirectory`,
/// `.permissionDenied`, and `.invalidArgument` for a path that is not absolute or a zero octet in what it is to be given.
func spawn(_ command: ChildProcess.Command, output: borrowing FileDescriptor) throws(Errno) -> Int32 {
  let words = [command.path] + command.arguments
  let variables = command.environment.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
  guard command.path.hasPrefix("/"), !(words + variables).contains(where: { $0.utf8.contains(0) }) else {
    throw .invalidArgument
  }
  let actions = try FileActions()
  // In this order `output` may itself be 0, 1 or 2, which a parent may have left us closed.
  try actions.duplicate(output.number, as: STDOUT_FILENO)
  switch command.errors {
  case .joined: try actions.duplicate(STDOUT_FILENO, as: STDERR_FILENO)
  case .discarded: try actions.open(STDERR_FILENO, "/dev/null", O_WRONLY)
  }
  try actions.open(STDIN_FILENO, "/dev/null", O_RDONLY)
  try actions.closeAll(from: STDERR_FILENO + 1)
  if command.folder == .root { try actions.changeFolder("/") }
  let attributes = try SpawnAttributes()
  try attributes.giveStart(command.start)
  let path = command.path
  let arguments = CStrings(words)
  let environment = CStrings(variables)
  let pid = try start(path, arguments, environment, actions, attributes)
  giveDescriptorLimit(command.start?.descriptorLimit, to: pid)
  return pid
}

/// Gives a program that has just been started the limit of descriptors that this process was started with.
///
/// The limit is the whole process's, and a start may hang: this process cannot lower its own meanwhile. So the program has
/// the higher one for its first microseconds, while it is still being loaded.
private func giveDescriptorLimit(_ limit: UInt64?, to pid: Int32) {
  guard let limit, var lowered = try? DescriptorLimit.current, limit < lowered.rlim_cur else { return }
  lowered.rlim_cur = rlim_t(limit)
  // Refused only when the program has gone or has become someone else.
  try? DescriptorLimit.set(lowered, of: pid)
}

private func start(
  _ path: String, _ arguments: borrowing CStrings, _ environment: borrowing CStrings, _ actions: borrowing FileActions,
  _ attributes: borrowing SpawnAttributes
) throws(Errno) -> Int32 {
  var pid: pid_t = 0
  // All that is passed outlives the call, which returns when the new process has its own memory; both lists end with null.
  try require(
    unsafe posix_spawn(
      &pid, path, actions.pointer, attributes.pointer, arguments.pointer, environment.pointer))
  return pid
}

/// The functions of `<spawn.h>` return their error.
private func require(_ error: Int32) throws(Errno) {
  guard error == 0 else { throw Errno(rawValue: error) }
}

/// What becomes of descriptors; wraps a `posix_spawn_file_actions_t`.
@safe
private struct FileActions: ~Copyable {
  // Ours, initialised by the C library. That is the proof of each `unsafe` below; paths are copied by the calls.
  let pointer: UnsafeMutablePointer<posix_spawn_file_actions_t>

  init() throws(Errno) {
    let actions = UnsafeMutablePointer<posix_spawn_file_actions_t>.allocate(capacity: 1)
    let error = unsafe posix_spawn_file_actions_init(actions)
    guard error == 0 else {
      unsafe actions.deallocate()
      throw Errno(rawValue: error)
    }
    unsafe pointer = unsafe actions
  }

  deinit {
    _ = unsafe posix_spawn_file_actions_destroy(pointer)
    unsafe pointer.deallocate()
  }

  func open(_ number: Int32, _ path: String, _ flags: Int32) throws(Errno) {
    try require(unsafe posix_spawn_file_actions_addopen(pointer, number, path, flags, 0))
  }

  func duplicate(_ number: Int32, as other: Int32) throws(Errno) {
    try require(unsafe posix_spawn_file_actions_adddup2(pointer, number, other))
  }

  func closeAll(from number: Int32) throws(Errno) {
    try require(unsafe posix_spawn_file_actions_addclosefrom_np(pointer, number))
  }

  func changeFolder(_ path: String) throws(Errno) {
    try require(unsafe posix_spawn_file_actions_addchdir_np(pointer, path))
  }
}

/// What a new process starts with; wraps a `posix_spawnattr_t`.
@safe
private struct SpawnAttributes: ~Copyable {
  // As above.
  let pointer: UnsafeMutablePointer<posix_spawnattr_t>

  init() throws(Errno) {
    let attributes = UnsafeMutablePointer<posix_spawnattr_t>.allocate(capacity: 1)
    let error = unsafe posix_spawnattr_init(attributes)
    guard error == 0 else {
      unsafe attributes.deallocate()
      throw Errno(rawValue: error)
    }
    unsafe pointer = unsafe attributes
  }

  /// A group of its own, and the signals of `start`; without it none is blocked and none ignored.
  func giveStart(_ start: ProcessStart?) throws(Errno) {
    var mask = sigset_t()
    var defaults = sigset_t()
    unsafe sigemptyset(&mask)
    unsafe sigfillset(&defaults)
    if let start {
      mask = start.mask
      defaults = start.defaults
    }
    try require(unsafe posix_spawnattr_setsigmask(pointer, &mask))
    try require(unsafe posix_spawnattr_setsigdefault(pointer, &defaults))
    try require(unsafe posix_spawnattr_setpgroup(pointer, 0))
    let flags = Int32(POSIX_SPAWN_SETPGROUP) | Int32(POSIX_SPAWN_SETSIGMASK) | Int32(POSIX_SPAWN_SETSIGDEF)
    try require(unsafe posix_spawnattr_setflags(pointer, Int16(flags)))
  }

  deinit {
    _ = unsafe posix_spawnattr_destroy(pointer)
    unsafe pointer.deallocate()
  }
}

/// A list of C strings that ends with null.
@safe
private struct CStrings: ~Copyable {
  // One element more than there are strings, each allocated by strdup(3), the last one null.
  private let elements: UnsafeMutableBufferPointer<UnsafeMutablePointer<CChar>?>
  let pointer: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>

  init(_ strings: [String]) {
    unsafe pointer = .allocate(capacity: strings.count + 1)
    unsafe pointer.initialize(repeating: nil, count: strings.count + 1)
    unsafe elements = unsafe UnsafeMutableBufferPointer(start: pointer, count: strings.count + 1)
    for (index, string) in strings.enumerated() { unsafe elements[index] = unsafe strdup(string) }
  }

  deinit {
    for index in unsafe elements.indices { unsafe free(elements[index]) }
    unsafe pointer.deallocate()
  }
}

/// Both ends of a pipe, closed on exec; wraps `pipe2(2)`.
struct Pipe: ~Copyable {
  /// How many octets the kernel keeps for a reader, and in what portions.
  static var capacity: Int { 65_536 }
  static var page: Int { 4_096 }

  /// The end to read from, which does not wait.
  private let output: FileDescriptor
  /// The end to write to, which waits while the pipe is full.
  let input: FileDescriptor

  init() throws(Errno) {
    var numbers: (output: Int32, input: Int32) = (-1, -1)
    // The kernel writes two numbers into a tuple of two.
    try unsafe withUnsafeMutableBytes(of: &numbers) { (bytes) throws(Errno) in
      _ = try call("pipe2") { unsafe pipe2(bytes.baseAddress?.assumingMemoryBound(to: Int32.self), O_CLOEXEC) }
    }
    let output = FileDescriptor(owning: numbers.output)
    let input = FileDescriptor(owning: numbers.input)
    let flags = try call("fcntl") { fcntl(numbers.output, F_GETFL) }
    try call("fcntl") { fcntl(numbers.output, F_SETFL, flags | O_NONBLOCK) }
    self.output = output
    self.input = input
  }

  /// Closes the end to write to and gives the other away.
  consuming func takeOutput() -> FileDescriptor { output }
}
