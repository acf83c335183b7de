---@meta _
-- Written from the API's description; do not edit.

---A span of time: a number of seconds, or text such as `"90s"`, `"2m"`, `"1h30m"`
---@alias runbook.Duration number|string

---A number of bytes, or text such as `"500MB"` (decimal) or `"2GiB"` (binary)
---@alias runbook.Size integer|string

---A secret: it can be passed on and joined with text, and never read
---@class runbook.Secret
---@operator concat(string): runbook.Secret

---The parameters that the header declares
---@type table<string, any>
params = {}

---The secrets that the header declares
---@type table<string, runbook.Secret>
secrets = {}

---What is known of this run
---@type table<string, any>
run = {}
