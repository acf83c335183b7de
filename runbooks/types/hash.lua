---@meta _
-- Written from the API's description; do not edit.

---Digests of texts and files
---@class hash
hash = {}

---The SHA-256 of a text in hexadecimal
---The digest of a secret is a secret.
---@param text string|runbook.Secret the text
---@return string|runbook.Secret
function hash.sha256(text) end

---The SHA-512 of a text in hexadecimal
---The digest of a secret is a secret.
---@param text string|runbook.Secret the text
---@return string|runbook.Secret
function hash.sha512(text) end

---The HMAC-SHA-256 of a text in hexadecimal, such as a webhook asks for
---It can be shown: it tells nothing of the key.
---@param text string the text
---@param key string|runbook.Secret the key, such as `secrets.HOOK_KEY`
---@return string
function hash.hmac_sha256(text, key) end

---The digest of a file in hexadecimal
---@param path string the file
---@param algorithm? "sha256"|"sha512" which digest
---@return string
function hash.file(path, algorithm) end
