---@meta _
-- Written from the API's description; do not edit.

---Tables and differences for people
---@class text
text = {}

---@class (exact) text.table.options
---@field header? string[] titles of the columns
---@field right? integer[] the columns that are set to the right, by number

---Lay rows out in columns
---@param rows any[][] the rows
---@param options? text.table.options options
---@return string
function text.table(rows, options) end

---The unified difference of two texts; empty when they are the same
---@param old string the old text
---@param new string the new one
---@return string
function text.diff(old, new) end

---Write a number of bytes for people
---@param bytes runbook.Size the bytes
---@return string
function text.size(bytes) end
