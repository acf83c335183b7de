---@meta _
-- Written from the API's description; do not edit.

---Run any program
---No shell is between: each element of the list is one argument. A secret goes in `env` or `stdin`, never in the list.
---@class exec
exec = {}

---@class (exact) exec.run.options
---@field env? table<string, string|runbook.Secret> variables of its environment
---@field stdin? string|runbook.Secret what it reads on standard input
---@field cwd? string the folder that it starts in; the runbook's when left out
---@field timeout? runbook.Duration how long it may take
---@field grace? runbook.Duration how long it may take to end when it is stopped; 1.5 s, and 30 s for a helm that changes something
---@field check? boolean false: an exit code other than 0 is no error (default `true`)
---@field read? boolean true: it changes nothing, so a preview runs it (default `false`)
---@field quiet? boolean true: its output is not logged (default `false`)
---@field idempotent? boolean true: running it twice does no harm (default `false`)
---@field undo? string[] the program and arguments that take it back
---@field title? string what a preview calls it

---@class (exact) exec.run.result
---@field status integer the exit code; 128 + n for signal n
---@field stdout string what it printed
---@field stderr string the end of its errors
---@field ms integer how long it took

---Run a program to its end
---A run counts as a write, which a preview only shows, unless `read = true` says that it changes nothing. An
---exit code other than 0 is an error, unless `check = false` asks for the result.
---@param argv string[] the program and its arguments
---@param options? exec.run.options options
---@return exec.run.result
function exec.run(argv, options) end
