// What the end of a trial says about the memory that reading files takes.

import Linux
import Testing
import ZoneFile

@testable import Server

@Test("Only a child that was ended by a signal is said to have lacked memory")
func endingsOfTrial() {
  // SIGKILL by the kernel; SIGILL, SIGTRAP and SIGABRT by a failed allocation.
  for signal: Int32 in [9, 4, 5, 6] {
    #expect(
      MemoryTrial.verdict(on: .signalled(signal), saying: "")?.reason.hasPrefix("there is not enough memory") == true)
  }
  let failed = MemoryTrial.verdict(on: .exited(1), saying: "no thread could be started: Permission denied")
  #expect(
    failed?.reason
      == "a trial of whether there is memory for it ended with exit code 1: no thread could be started: Permission denied"
  )
  #expect(failed?.remedy?.hasPrefix("run rondo check ") == true)
  #expect(
    MemoryTrial.verdict(on: .exited(127), saying: "")?.reason
      == "a trial of whether there is memory for it ended with exit code 127")
  #expect(
    MemoryTrial.verdict(on: .signalled(11), saying: "")?.reason
      == "a trial of whether there is memory for it ended with SIGSEGV")
  #expect(MemoryTrial.verdict(on: .exited(0), saying: "4096") == nil)
}
