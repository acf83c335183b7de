---@meta _
-- Written from the API's description; do not edit.

---Read and write YAML
---@class yaml
yaml = {}

---Read a YAML text of one document
---Types are those of YAML 1.2: `yes`, `on` and dates are texts. Tags never make anything but plain data.
---@param text string the YAML text
---@return any
function yaml.decode(text) end

---Read every document of a YAML stream, in order
---@param text string the YAML text
---@return any[]
function yaml.decode_all(text) end

---Write a value as YAML
---Keys are ascending. A secret is written as its mask.
---@param value any the value
---@return string
function yaml.encode(value) end
