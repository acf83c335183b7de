---@meta _
-- Written from the API's description; do not edit.

---@class (exact) runbook.runbook.options.params
---@field type? "string"|"integer"|"number"|"boolean"|"enum"|"list"|"path"|"duration"|"size" what it takes (default `"string"`)
---@field default? any the value when none is given; without it the parameter is required
---@field optional? boolean true: it may be left out and is then nil (default `false`)
---@field values? string[] the words of an enum
---@field min? number the least number
---@field max? number the greatest number
---@field pattern? string a regular expression for the whole text
---@field help? string one line of help

---@class (exact) runbook.runbook.options
---@field name? string the name; the file's name when it is left out
---@field description? string one line on what the runbook does
---@field params? table<string, runbook.runbook.options.params> parameters by name
---@field requires? table<string, string> tools with the versions needed: `{ helm = ">=3.12" }`
---@field secrets? any names of secrets; `NAME = { optional = true }` for one that may be missing
---@field lock? string a name that keeps two runs apart; `${params.x}` stands for a parameter
---@field on_failure? "undo"|"ask"|"keep" what to do with the writes of a failed run
---@field timeout? runbook.Duration the limit of the whole run
---@field allow? table<string, any> capabilities: `{ kubectl = "read", namespaces = { "shop" } }`

---Say what this runbook is: the first statement of the file
---The call is read without running the body: `runbook show` and `runbook list` stop there. Parameters are
---checked before anything runs.
---@param options? runbook.runbook.options
function runbook(options) end

---@class (exact) runbook.step.options.2
---@field retries? integer how often it is tried again after a failure (default `0`)
---@field backoff? runbook.Duration the wait before the first new try; it doubles, up to a minute (default `"1s"`)
---@field timeout? runbook.Duration how long one try may take
---@field budget? runbook.Duration how long it should take: a warning when it takes longer
---@field when? boolean|(fun(...): any) false: the step is skipped (default `true`)
---@field unless? boolean|(fun(...): any) true: it already holds, and the step is skipped (default `false`)
---@field undo? fun(...): any takes the step back; it wins over what its calls know themselves
---@field confirm? boolean|string ask before it runs
---@field allow_failure? boolean the run goes on when the step fails (default `false`)
---@field idempotent? boolean a resume may run it again without asking (default `false`)

---Run a function as a named step and return what it returns
---`step(name, fn)` or `step(name, options, fn)`. It runs at once, in the order of the file.
---@param name string what the step does, as a person reads it
---@param options (fun(...): any)|runbook.step.options.2 the function, or the options that stand before it
---@param ... any what to do
---@return any # what the function returned
function step(name, options, ...) end

---Run functions at the same time and return their results under the same keys
---Takes a list or a table of functions. The branches of a table are shown by their names. When one fails
---the others are stopped, and the error is the first one's.
---@param ... (fun(...): any)[]|table<string, fun(...): any> the functions
---@return any # the results, under the functions' keys
function parallel(...) end

---Ask the person at the terminal, and end the run when the answer is no
---`--yes` answers it. Without a terminal and without `--yes` the run ends with exit code 6.
---@param question string what to ask
---@return boolean # true: a no has ended the run
function confirm(question) end

---Tell a person something
---`log.info(text)` and `log.warn(text)` go to the run's log and the terminal; `log(text)` is `log.info`.
---@class runbook.log
---@overload fun(message: any)
log = {}

---Tell a person something
---`log.info(text)` and `log.warn(text)` go to the run's log and the terminal; `log(text)` is `log.info`.
---@param message any what to tell
function log.info(message) end

---Tell a person something
---`log.info(text)` and `log.warn(text)` go to the run's log and the terminal; `log(text)` is `log.info`.
---@param message any what to tell
function log.warn(message) end

---@class (exact) runbook.fail.reason.2
---@field message string what is wrong
---@field remedy? string what to do about it
---@field exit? integer the exit code: 1, 2 for a wrong parameter, or 3 for something missing (default `1`)
---@field result? any what the run gives all the same

---End the step and the run with a message
---Takes a text, or `{ message = …, remedy = …, exit = …, result = … }`; with a result the failure is a verdict, and the result is printed all the same.
---@param reason string|runbook.fail.reason.2 what is wrong
function fail(reason) end

---Print values: the run's product, on standard output
---Tables are shown as JSON, secrets as their masks.
---@param ... any what to print
function print(...) end

---Load a module once, and return what it returned
---`require "diagnose.image"` is `diagnose/image.lua` or `diagnose/image/init.lua`: in the runbook's
---`lib`, the shipped `lib`, and the runbook's folder. Nothing outside of them can be loaded.
---@param module string the module's dotted name
---@return any # the module
function require(module) end

---Load every module of a folder, and return them by name
---Looks where `require` does; the first module of a name wins.
---@param folder string the folder as in `require`: `diagnose.detectors`
---@return table<string, any> # the modules by name
function require_all(folder) end
