// System calls that fail: what the functions of the module make of it.

#if DEBUG
  import DNS
  import Glibc
  import Testing

  @testable import Linux

  @Suite("Failing system calls")
  struct CallFaultTests {
    // MARK: The faults themselves

    @Test("A call that a signal interrupts is made again")
    func interrupted() throws {
      let path = try scratchPath("interrupted")
      try write([1, 2], to: path)
      defer { try? removeFile(path) }
      let faults = CallFaults(.init(.interrupted, in: "open", times: 2), .init(.interrupted, in: "read", after: 1))
      #expect(try faults.during { try readFile(path, limit: 9) } == [1, 2])
      #expect(faults.trace == ["fstatat", "open", "open", "open", "fstat", "read", "read", "read"])
      #expect(faults.count == 3)
    }

    @Test("A fault concerns the thread of its test alone, and lasts no longer than the test asks for")
    func ownThread() throws {
      let faults = CallFaults(.init(.ioError, times: .max))
      try faults.during {
        let thread = try Thread.start(name: "other") {
          #expect(throws: Never.self) { try EventCounter().signal() }
        }
        thread.join()
        #expect(throws: Errno.ioError) { _ = try EventCounter() }
      }
      _ = try EventCounter()
      #expect(faults.trace == ["eventfd"] && faults.count == 1)
    }

    // MARK: Files

    @Test("A file that cannot be opened or read is a failure that says why", arguments: ["open", "fstat", "read"])
    func reading(_ call: String) throws {
      let path = try scratchPath("unreadable")
      try write([1], to: path)
      defer { try? removeFile(path) }
      for error in [Errno.ioError, .permissionDenied, .tooManyOpenFiles, .noMemory] {
        let faults = CallFaults(.init(error, in: call))
        #expect(throws: FileFailure.system(error)) { try faults.during { _ = try readFile(path, limit: 9) } }
      }
    }

    @Test("A state file is replaced or stays as it was, and nothing is left beside it, whichever call fails")
    func replacement() throws {
      for code in [ENOSPC, EROFS, EIO, EDQUOT, EACCES, EMFILE, ENOMEM] {
        let error = Errno(rawValue: code)
        let path = try scratchPath("replacement")
        try makeDirectory(path)
        defer {
          try? removeFile(path + "/admin-states")
          removeDirectory(path)
        }
        let folder = try StateDirectory(path)
        var calls = 0
        while true {
          try folder.replace("admin-states", with: [1])
          let faults = CallFaults(.init(error, after: calls))
          var failure: StateFileError?
          do throws(StateFileError) {
            try faults.during { () throws(StateFileError) in try folder.replace("admin-states", with: [2, 3]) }
          } catch {
            failure = error
          }
          let octets = try folder.read("admin-states", limit: 9)
          guard faults.count > 0 else { break }
          let isLeftover = calls == 0
          // Only the folder's own fsync comes after the renaming.
          let isRenamed = calls == 6
          #expect(failure == (isLeftover ? nil : .system(error)), "\(error) in \(faults.trace)")
          #expect(octets == (isLeftover || isRenamed ? [2, 3] : [1]), "\(error) in \(faults.trace)")
          #expect(try names(inFolder: path, atMost: 9) == ["admin-states"], "\(error) in \(faults.trace)")
          calls += 1
        }
        #expect(calls == 7, "unlinkat, openat, write, fchmod, fsync, renameat, fsync")
      }
    }

    @Test("A write that takes a part, and is interrupted, is carried on")
    func partOfAWrite() throws {
      let path = try scratchPath("part")
      try makeDirectory(path)
      defer {
        try? removeFile(path + "/admin-states")
        removeDirectory(path)
      }
      let folder = try StateDirectory(path)
      let faults = CallFaults(.init(.interrupted, in: "write", times: 3), .init(.interrupted, in: "fsync"))
      try faults.during { try folder.replace("admin-states", with: [1, 2]) }
      #expect(try folder.read("admin-states", limit: 9) == [1, 2])
    }

    @Test("A folder that its file system cannot sync, or not rename in with care, is used all the same")
    func modestFileSystem() throws {
      let path = try scratchPath("modest")
      try makeDirectory(path)
      defer {
        for name in ["admin-states", "aside"] { try? removeFile("\(path)/\(name)") }
        removeDirectory(path)
      }
      let folder = try StateDirectory(path)
      let unsynced = CallFaults(.init(.invalidArgument, in: "fsync", after: 1))
      try unsynced.during { try folder.replace("admin-states", with: [1]) }
      #expect(unsynced.count == 1)

      let careless = CallFaults(.init(.invalidArgument, in: "renameat2"), .init(.invalidArgument, in: "fsync"))
      try careless.during { try folder.rename("admin-states", to: "aside") }
      #expect(careless.trace == ["renameat2", "fstatat", "renameat", "fsync"] && careless.count == 2)
      #expect(try folder.read("aside", limit: 9) == [1])

      let broken = CallFaults(.init(.ioError, in: "fsync"))
      #expect(throws: StateFileError.system(.ioError)) {
        try broken.during { try folder.rename("aside", to: "admin-states") }
      }
    }

    @Test("What opening a state file fails with is said as what the file is")
    func stateFileKinds() throws {
      let path = try scratchPath("kinds-of-state")
      try makeDirectory(path)
      defer { removeDirectory(path) }
      let folder = try StateDirectory(path)
      let expected: [(Int32, StateFileError)] = [
        (ELOOP, .symbolicLink), (ENXIO, .notRegular), (ENODEV, .notRegular), (EISDIR, .notRegular),
        (EACCES, .system(.permissionDenied)), (ENFILE, .system(.tooManyOpenFilesInSystem)), (EIO, .system(.ioError)),
      ]
      for (code, failure) in expected {
        let faults = CallFaults(.init(Errno(rawValue: code), in: "openat"))
        #expect(throws: failure) { try faults.during { _ = try folder.read("admin-states", limit: 9) } }
      }
    }

    // MARK: Connections

    @Test(
      "A connection that failed while it waited is passed over",
      arguments: [ECONNABORTED, EPERM, EPROTO, ENETDOWN, EHOSTUNREACH, ENETUNREACH, EINTR])
    func acceptPassesOver(_ code: Int32) throws {
      let listener = try TCPListener(boundTo: SocketEndpoint(loopbacks[0], port: 0))
      let client = try ClientConnection(to: listener.localEndpoint, timeout: patience)
      _ = try wait(for: .readable, of: listener)
      let faults = CallFaults(.init(Errno(rawValue: code), in: "accept4"))
      let accepted = try faults.during { try listener.accept() }
      if accepted == nil { Issue.record("the connection after it was not accepted") }
      #expect(faults.count == 1)
      try client.finishSending()
    }

    @Test("A listener all of whose connections have failed lets its caller come again")
    func acceptGivesUp() throws {
      let listener = try TCPListener(boundTo: SocketEndpoint(loopbacks[0], port: 0))
      let faults = CallFaults(.init(.connectionAborted, in: "accept4", times: .max))
      if try faults.during({ try listener.accept() }) != nil { Issue.record("nobody has connected") }
      #expect(faults.count == 64)
    }

    @Test(
      "Without descriptors or memory the connection waits until there are some",
      arguments: [EMFILE, ENFILE, ENOBUFS, ENOMEM])
    func acceptThrows(_ code: Int32) throws {
      let error = Errno(rawValue: code)
      let listener = try TCPListener(boundTo: SocketEndpoint(loopbacks[0], port: 0))
      let client = try ClientConnection(to: listener.localEndpoint, timeout: patience)
      _ = try wait(for: .readable, of: listener)
      let faults = CallFaults(.init(error, in: "accept4"))
      #expect(throws: error) { try faults.during { _ = try listener.accept() } }
      if try listener.accept() == nil { Issue.record("the connection is gone") }
      try client.finishSending()

      let path = try scratchPath("full.sock")
      let local = try UnixListener(path: path)
      let aborted = CallFaults(.init(.connectionAborted, in: "accept4"), .init(error, in: "accept4"))
      try aborted.during {
        if try local.accept() != nil { Issue.record("nobody has connected") }
        #expect(throws: error) { _ = try local.accept() }
      }
    }

    @Test("An address is missing only if the kernel says so")
    func addresses() {
      func answer(_ error: Errno, in call: String) -> Bool {
        CallFaults(.init(error, in: call)).during { hasAddress(loopbacks[0]) }
      }
      #expect(!answer(.addressNotAvailable, in: "bind"))
      #expect(answer(.permissionDenied, in: "bind") && answer(.noMemory, in: "bind"))
      #expect(answer(.tooManyOpenFiles, in: "socket") && answer(.interrupted, in: "socket"))
    }

    // MARK: Datagrams

    @Test(
      "One datagram that is refused costs itself alone", arguments: [EPERM, ENOBUFS, ENETUNREACH, EMSGSIZE, ENOMEM])
    func sendRefused(_ code: Int32) throws {
      let error = Errno(rawValue: code)
      try withReplies { batch, socket in
        let count = batch.count
        let faults = CallFaults(.init(error, in: "sendmmsg"))
        let tally = faults.during { batch.send(to: socket) }
        #expect(tally == SendTally(sent: count - 1, refused: 1, dropped: 0, lastRefusal: error))
      }
    }

    @Test("A full buffer drops the rest, and a signal drops nothing")
    func sendDropped() throws {
      try withReplies { batch, socket in
        let count = batch.count
        let faults = CallFaults(.init(.interrupted, in: "sendmmsg", times: 2), .init(.wouldBlock, in: "sendmmsg"))
        #expect(faults.during { batch.send(to: socket) } == SendTally(dropped: count))
      }
      try withReplies { batch, socket in
        let count = batch.count
        let faults = CallFaults(.init(.interrupted, in: "sendmmsg", times: 2))
        #expect(faults.during { batch.send(to: socket) } == SendTally(sent: count))
      }
    }

    /// Gives `body` a batch with a reply to each query that has come of three, at least one.
    private func withReplies(_ body: (inout DatagramBatch, borrowing UDPSocket) throws -> Void) throws {
      let socket = try UDPSocket(boundTo: SocketEndpoint(loopbacks[0], port: 0))
      let client = try UDPClient(to: socket.localEndpoint, timeout: patience)
      for number in 1...3 { try client.send([UInt8(number)]) }
      var batch = DatagramBatch(capacity: 4)
      let count = try batch.receive(from: socket, waiting: .forFirst)
      for index in 0..<count { batch.setReplyLength(2, at: index) }
      try body(&batch, socket)
    }

    @Test("A receive that fails leaves an empty batch, and the next one is whole")
    func receive() throws {
      let socket = try UDPSocket(boundTo: SocketEndpoint(loopbacks[0], port: 0))
      let client = try UDPClient(to: socket.localEndpoint, timeout: patience)
      try client.send([1])
      _ = try wait(for: .readable, of: socket)
      var batch = DatagramBatch(capacity: 4)
      for error in [Errno.noMemory, .connectionRefused, .noBufferSpace] {
        let faults = CallFaults(.init(error, in: "recvmmsg"))
        #expect(throws: error) { try faults.during { _ = try batch.receive(from: socket) } }
        #expect(batch.count == 0)
      }
      let nothing = CallFaults(.init(.wouldBlock, in: "recvmmsg"))
      #expect(try nothing.during { try batch.receive(from: socket) } == 0)
      let interrupted = CallFaults(.init(.interrupted, in: "recvmmsg", times: 3))
      #expect(try interrupted.during { try batch.receive(from: socket) } == 1)
    }

    // MARK: Events and programs

    @Test("A wait that a signal interrupts ends early, and a watch that the kernel refuses is an error")
    func epoll() throws {
      let counter = try EventCounter()
      var epoll = try Epoll()
      counter.signal()
      let full = CallFaults(.init(.noSpace, in: "epoll_ctl"))
      #expect(throws: Errno.noSpace) { try full.during { try epoll.add(counter, token: 1, for: .readable) } }
      try epoll.add(counter, token: 1, for: .readable)
      let interrupted = CallFaults(.init(.interrupted, in: "epoll_wait"))
      #expect(try interrupted.during { try epoll.wait(timeout: patience) } == 0)
      #expect(try epoll.wait(timeout: patience) == 1)
    }

    @Test("A program that cannot be started, or not be watched, is neither started nor left running")
    func programs() throws {
      func failure(_ error: Errno, in call: String) -> SpawnFailure? {
        do throws(SpawnFailure) {
          _ = try CallFaults(.init(error, in: call)).during { () throws(SpawnFailure) in
            try ChildProcess(shell("sleep 100"))
          }
          return nil
        } catch {
          return error
        }
      }
      #expect(failure(.tooManyOpenFiles, in: "pipe2") == SpawnFailure(step: .pipe, error: .tooManyOpenFiles))
      #expect(failure(.notImplemented, in: "pidfd_open") == SpawnFailure(step: .watch, error: .notImplemented))
      #expect("\(SpawnFailure(step: .watch, error: .notImplemented))".contains("needs Linux 5.4"))
      #expect(!"\(SpawnFailure(step: .watch, error: .tooManyOpenFiles))".contains("needs Linux 5.4"))
    }
  }
#endif
