---@meta _
-- Written from the API's description; do not edit.

---Make secrets
---The values of declared secrets are in the table `secrets`.
---@class secret
secret = {}

---@class (exact) secret.random.options
---@field name string the name that its mask shows
---@field length? integer how many characters (default `32`)
---@field alphabet? string the characters; letters and digits when left out

---A new random secret
---@param options secret.random.options
---@return string|runbook.Secret # the secret
function secret.random(options) end

---@class (exact) secret.prompt.options
---@field name string the name that its mask shows
---@field question? string what to ask

---Ask for a secret without showing it
---@param options secret.prompt.options
---@return string|runbook.Secret # the secret
function secret.prompt(options) end
