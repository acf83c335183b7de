---@meta _
-- Written from the API's description; do not edit.

---HTTP requests, waiting for an answer, load
---@class http
http = {}

---@class (exact) http.request.options
---@field url string the address
---@field method? "GET"|"HEAD"|"OPTIONS"|"POST"|"PUT"|"PATCH"|"DELETE" the method (default `"GET"`)
---@field body? string|runbook.Secret the body
---@field json? any a value to send as JSON; secrets may stand in it
---@field read? boolean true: it changes nothing, so a preview sends it (default `false`)
---@field headers? table<string, string|runbook.Secret> headers; a value may be a secret
---@field timeout? runbook.Duration how long the whole exchange may take (default `"30s"`)
---@field check? boolean false: a status of 400 and above is no error (default `true`)

---@class (exact) http.request.result
---@field status integer the status code
---@field body string the body
---@field headers table<string, string> the headers, names in lower case
---@field ms number how long it took
---@field json? any the body, when it is JSON

---Send a request
---GET, HEAD and OPTIONS are reads; any other method is a write, which a preview only shows, unless `read = true`.
---@param options http.request.options
---@return http.request.result
function http.request(options) end

---@class (exact) http.get.options
---@field headers? table<string, string|runbook.Secret> headers; a value may be a secret
---@field timeout? runbook.Duration how long the whole exchange may take (default `"30s"`)
---@field check? boolean false: a status of 400 and above is no error (default `true`)

---@class (exact) http.get.result
---@field status integer the status code
---@field body string the body
---@field headers table<string, string> the headers, names in lower case
---@field ms number how long it took
---@field json? any the body, when it is JSON

---Send a GET request
---@param url string the address
---@param options? http.get.options options
---@return http.get.result
function http.get(url, options) end

---@class (exact) http.wait_until.options
---@field url string the address
---@field status? integer the status wanted (default `200`)
---@field contains? string a text that the body must hold
---@field timeout? runbook.Duration how long to go on (default `"60s"`)
---@field interval? runbook.Duration the wait between two tries (default `"1s"`)
---@field headers? table<string, string|runbook.Secret> headers; a value may be a secret

---@class (exact) http.wait_until.result
---@field status integer the status code
---@field body string the body
---@field headers table<string, string> the headers, names in lower case
---@field ms number how long it took
---@field json? any the body, when it is JSON

---Ask again and again until an address answers as wanted
---A preview asks once and does not wait.
---@param options http.wait_until.options
---@return http.wait_until.result
function http.wait_until(options) end

---@class (exact) http.load.options
---@field url string the address
---@field users? integer how many ask at the same time (default `10`)
---@field duration? runbook.Duration for how long (default `"10s"`)
---@field pause? runbook.Duration what a user waits between two requests (default `"0s"`)
---@field timeout? runbook.Duration how long one request may take (default `"10s"`)
---@field headers? table<string, string|runbook.Secret> headers; a value may be a secret

---@class (exact) http.load.result
---@field requests integer how many were sent
---@field failed integer no answer, or 400 and above
---@field error_rate number failed of all, 0 to 1
---@field rps number requests a second
---@field p50 number milliseconds
---@field p90 number milliseconds
---@field p95 number milliseconds
---@field p99 number milliseconds
---@field max number milliseconds
---@field statuses table<string, integer> answers by status

---Put an address under load and measure
---So many users ask one after the other for so long. A preview shows it and sends nothing.
---@param options http.load.options
---@return http.load.result
function http.load(options) end
