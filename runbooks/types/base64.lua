---@meta _
-- Written from the API's description; do not edit.

---Base64
---@class base64
base64 = {}

---Encode a text
---The encoding of a secret is a secret.
---@param text string|runbook.Secret the text
---@return string|runbook.Secret
function base64.encode(text) end

---Decode a text; nil when it is no base64
---@param text string the text
---@return string
function base64.decode(text) end
