---@meta _
-- Written from the API's description; do not edit.

---The clock, waiting, moments and spans
---@class time
time = {}

---The time in seconds since 1970
---@return number
function time.now() end

---Wait
---A preview does not wait.
---@param duration runbook.Duration how long
function time.sleep(duration) end

---Read a moment as Kubernetes writes it (RFC 3339)
---Gives seconds since 1970, or nil for what is no moment.
---@param text string the moment
---@return number
function time.parse(text) end

---Write a moment as RFC 3339 in UTC
---@param seconds number seconds since 1970, up to the year 9999
---@return string
function time.format(seconds) end

---The seconds of a span such as `2m`
---@param duration runbook.Duration the span
---@return number
function time.seconds(duration) end

---Write a span of seconds for people
---@param seconds number the span
---@return string
function time.span(seconds) end
