---@meta _
-- Written from the API's description; do not edit.

---Ask AI tools, which may be missing, wrong or slow, without depending on them
---Known are Claude Code (`claude`), `kubectl-ai`, `kagent` and Docker's Gordon (`docker-ai`, on a terminal only); commands of
---your own stand under `ai` in `runbook.yaml`. A tool that is missing, hangs, is over its limit or fails never fails a run.
---Prompts have every secret masked and go by standard input. What a tool answers is data: nothing in it is run.
---@class ai
ai = {}

---@class (exact) ai.tools.options
---@field env? table<string, string|runbook.Secret> variables for the tools, such as a key from `secrets`

---@class (exact) ai.tools.result
---@field name string the name for `tool` and `prefer`
---@field present boolean it is installed
---@field usable boolean it can be asked
---@field version? string its version
---@field reason? string why it cannot be asked

---List the AI tools, and whether each is there and can be used
---No model is asked. A tool that is installed may still lack its key, its login or its server.
---@param options? ai.tools.options
---@return ai.tools.result[] # in order of preference
function ai.tools(options) end

---@class (exact) ai.ask.options
---@field prompt string|runbook.Secret what to ask; secrets in it are masked
---@field tool? string this tool only: `claude`, `kubectl-ai`, `kagent`, `docker-ai`, or one of runbook.yaml
---@field prefer? string[] tools in order; those of runbook.yaml when left out
---@field timeout? runbook.Duration how long all of it may take (default `"2m"`)
---@field max_turns? integer how many rounds with its own tools it may go (default `10`)
---@field max_budget? number dollars that claude may spend
---@field model? string the model
---@field provider? string kubectl-ai's provider; found by the keys that are set when left out
---@field agent? string kagent's agent (default `"k8s-agent"`)
---@field namespace? string kagent's namespace (default `"kagent"`)
---@field env? table<string, string|runbook.Secret> variables for the tools, such as a key from `secrets`
---@field fallback? fun(...): any called with the reason when no tool answers; its result stands in
---@field schema? any the JSON schema of the answer, as a table; `value` holds it

---@class (exact) ai.ask.result
---@field ok boolean true when a tool answered
---@field text string the answer, or the fallback's
---@field value? any with `schema`: the answer as a table
---@field tool? string the tool that answered
---@field version? string its version
---@field reason? string why no tool answered
---@field ms integer how long it took

---Ask an AI tool, and never fail for it
---The first usable tool is asked; when it fails, the next. When none answers, `fallback` is called and its text stands
---in: `ok` is false then, and `reason` says why. The answer is data: nothing in it is run, control characters and
---invisible letters are written out. Prompt, answer and verdict are kept in the run's folder under `ai`.
---@param options ai.ask.options
---@return ai.ask.result
function ai.ask(options) end

---@class (exact) ai.generate.options
---@field prompt string|runbook.Secret what to ask; secrets in it are masked
---@field tool? string this tool only: `claude`, `kubectl-ai`, `kagent`, `docker-ai`, or one of runbook.yaml
---@field prefer? string[] tools in order; those of runbook.yaml when left out
---@field timeout? runbook.Duration how long all of it may take (default `"2m"`)
---@field max_turns? integer how many rounds with its own tools it may go (default `10`)
---@field max_budget? number dollars that claude may spend
---@field model? string the model
---@field provider? string kubectl-ai's provider; found by the keys that are set when left out
---@field agent? string kagent's agent (default `"k8s-agent"`)
---@field namespace? string kagent's namespace (default `"kagent"`)
---@field env? table<string, string|runbook.Secret> variables for the tools, such as a key from `secrets`
---@field fallback? fun(...): any called with the reason when no tool answers; its result stands in
---@field kind? "manifest"|"dockerfile"|"chart"|"text" what it is to be (default `"text"`)
---@field validate? fun(...): any called with the text; false and a reason, or an error, refuse it
---@field attempts? integer how often a refused text is written anew (default `2`)
---@field file? string where it is written once it is accepted; for a chart, the folder
---@field context? string for a Dockerfile: the folder whose files it may copy
---@field target_namespace? string for a manifest: the namespace of the check

---@class (exact) ai.generate.result
---@field ok boolean true when a tool's text was accepted
---@field text string the text, or the fallback's
---@field file? string where it was written
---@field checked_by? string what checked it
---@field warnings string[] remarks of the check
---@field tool? string the tool that wrote it
---@field version? string its version
---@field reason? string why no tool's text was accepted
---@field ms integer how long it took

---Have an AI tool write a manifest, Dockerfile, chart or text, and check it
---What is generated is never used unchecked. Manifests are sent to the API server's dry run, and where none answers they
---are compared with the schemas of Kubernetes' own kinds; Dockerfiles are read as docker reads them; charts are linted by helm; `validate` is a check of the
---runbook's own. A refused text is given back to the tool with the reason, `attempts` times. Then the difference
---to `file` is shown, and a person confirms it, or `--yes`. In every other case `fallback` is called, and its text is
---used: `ok` is false then, and `reason` says why.
---@param options ai.generate.options
---@return ai.generate.result
function ai.generate(options) end
