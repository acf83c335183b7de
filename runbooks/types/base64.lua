---@meta _
-- Written from the API's description; do not edit.

---Base64
---@class base64
base64 = {}

---@class (exact) base64.encode.options
---@field url? boolean with `-` and `_`, and nothing at the end: for addresses and tokens (default `false`)

---Encode a text
---The encoding of a secret is a secret.
---@param text string|runbook.Secret the text
---@param options? base64.encode.options how to write it
---@return string|runbook.Secret
function base64.encode(text, options) end

---Decode a text; nil when it is no base64
---Line breaks and the letters for addresses are taken too.
---@param text string the text
---@return string
function base64.decode(text) end
