---@meta _
-- Written from the API's description; do not edit.

---Read and write JSON
---@class json
json = {}

---Read a JSON text
---A field that is `null` is absent; `null` in a list keeps its place.
---@param text string the JSON text
---@return any # the value
function json.decode(text) end

---@class (exact) json.encode.options
---@field pretty? boolean over several lines (default `false`)

---Write a value as JSON
---Keys are ascending; a table that was read from JSON or YAML keeps the order that it had there, and an empty list stays
---one. A secret is written as its mask. A function, a number that JSON has no form for, and a table that has items beside named
---fields, or a list with a hole, is an error that names the place.
---@param value any the value
---@param options? json.encode.options how to write it
---@return string # the JSON text
function json.encode(value, options) end
