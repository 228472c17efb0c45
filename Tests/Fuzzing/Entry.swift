// Where libFuzzer comes in. Compiled by scripts/fuzz alone, which links the fuzzer's `main`.

import Glibc

/// The target that `RONDO_FUZZ_TARGET` names; libFuzzer calls from one thread.
nonisolated(unsafe) private let session: FuzzSession = {
  let name = unsafe getenv("RONDO_FUZZ_TARGET").map { unsafe String(cString: $0) } ?? ""
  guard let target = FuzzTarget(rawValue: name) else {
    fatalError("RONDO_FUZZ_TARGET is none of \(FuzzTarget.allCases.map(\.rawValue).joined(separator: ", "))")
  }
  return FuzzSession(target)
}()

/// Runs one input; a flaw becomes a trap, which the fuzzer writes down with the input.
@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  // libFuzzer promises `count` octets at `start` for as long as the call lasts.
  let octets = unsafe Array(UnsafeBufferPointer(start: start, count: count))
  do throws(Flaw) {
    try unsafe session.run(octets)
  } catch {
    fatalError("flaw: \(error)")
  }
  return 0
}
