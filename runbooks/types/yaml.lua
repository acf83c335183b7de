---@meta _
-- Written from the API's description; do not edit.

---Read and write YAML
---@class yaml
yaml = {}

---Read a YAML text of one document
---Types are those of YAML 1.2: `yes`, `on` and dates are texts. So are digits with a leading zero, which 1.2 reads as
---decimal and kubectl as octal. Anchors, aliases and `<<` are followed, as far as they stand for no more than 100,000
---values. Tags never make anything but plain data. A table is written again in the order in which it was read.
---@param text string the YAML text
---@return any
function yaml.decode(text) end

---Read every document of a YAML stream, in order
---@param text string the YAML text
---@return any[]
function yaml.decode_all(text) end

---Write a value as YAML
---Keys are ascending; a table that was read from YAML or JSON keeps the order that it had there. A secret is written as its mask.
---@param value any the value
---@return string
function yaml.encode(value) end

---Write values as the documents of one YAML stream
---Keys are ascending; a table that was read from YAML or JSON keeps the order that it had there. A secret is written as its mask.
---@param values any[] the values, in order
---@return string
function yaml.encode_all(values) end
