---@meta _
-- Written from the API's description; do not edit.

---Digests of texts
---@class hash
hash = {}

---The SHA-256 of a text in hexadecimal
---The digest of a secret is a secret.
---@param text string|runbook.Secret the text
---@return string|runbook.Secret
function hash.sha256(text) end
