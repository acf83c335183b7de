--- What an exit code says. Above 128 it is 128 plus the signal that ended the process; 126 and 127 are the
-- shell's; the rest is the program's own convention.
-- https://tldp.org/LDP/abs/html/exitcodes.html, signal(7), sysexits(3)
local exits = {}

local signals = {
  [1] = "SIGHUP", [2] = "SIGINT", [3] = "SIGQUIT", [4] = "SIGILL", [5] = "SIGTRAP", [6] = "SIGABRT", [7] = "SIGBUS",
  [8] = "SIGFPE", [9] = "SIGKILL", [10] = "SIGUSR1", [11] = "SIGSEGV", [12] = "SIGUSR2", [13] = "SIGPIPE",
  [14] = "SIGALRM", [15] = "SIGTERM", [24] = "SIGXCPU", [25] = "SIGXFSZ", [31] = "SIGSYS",
}

local signal_meanings = {
  SIGABRT = "the program aborted itself", SIGSEGV = "the program read or wrote memory that is not its own",
  SIGKILL = "it was killed from outside", SIGTERM = "it was asked to stop", SIGINT = "it was interrupted",
  SIGILL = "an instruction that this processor does not have", SIGBUS = "a bad memory access",
  SIGFPE = "an arithmetic fault", SIGSYS = "a system call that is not allowed", SIGPIPE = "its output was closed",
}

local codes = {
  [0] = "the process ended by itself, without an error",
  [1] = "the program reported an error",
  [2] = "wrong usage or arguments, or a Go panic",
  [64] = "wrong usage", [65] = "wrong input data", [66] = "an input file is missing", [69] = "a service is unavailable",
  [70] = "internal error of the program", [71] = "operating system error", [73] = "an output file cannot be made",
  [74] = "input or output error", [77] = "permission denied", [78] = "wrong configuration",
  [125] = "the container could not be run",
  [126] = "the command was found but cannot be executed",
  [127] = "the command was not found",
  [128] = "the container could not be started",
  [255] = "the program failed with a code out of range, or -1",
}

--- The name of the signal that an exit code stands for (`SIGKILL` for 137), or nil.
function exits.signal(code)
  if code > 128 and code < 192 then return signals[code - 128] end
  return nil
end

--- What an exit code means, in words.
function exits.meaning(code)
  local signal = exits.signal(code)
  if signal then
    local meaning = signal_meanings[signal]
    return signal .. (meaning and ": " .. meaning or "")
  end
  return codes[code] or "the program's own code"
end

--- `exit 137 (SIGKILL: it was killed from outside)`.
function exits.describe(terminated)
  local code = math.floor(terminated.exitCode or 0)
  local signal = terminated.signal and terminated.signal > 0 and signals[math.floor(terminated.signal)]
  if signal then return ("exit %d (%s)"):format(code, signal) end
  return ("exit %d (%s)"):format(code, exits.meaning(code))
end

return exits
