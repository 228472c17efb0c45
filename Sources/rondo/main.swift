// The one binary: reads the command line, runs the command, ends with its exit status.

import Linux

let start = prepareProcess()
// Below that the language itself finds no memory for its first values, and ends without a word of ours.
guard canReserve(8 << 20) else {
  exit(fail("there is no memory to begin with; allow more address space (ulimit -v, LimitAS=), or give the host more"))
}
exit(run(Array(commandLineArguments.dropFirst()), startedAs: start))
