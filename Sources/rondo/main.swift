// The one binary: reads the command line, runs the command, ends with its exit status.

import Linux

let start = prepareProcess()
exit(run(Array(commandLineArguments.dropFirst()), startedAs: start))
