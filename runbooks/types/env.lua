---@meta _
-- Written from the API's description; do not edit.

---Settings of the environment and the .env files
---@class env
env = {}

---The value of a setting, or a default
---Looks in the .env files for a value that is classed as config, then in the environment. What is classed as a secret, or looks like a credential, is had by `secrets.NAME` only.
---@param name string the name
---@param default? any the value when it is not set
---@return string
function env.get(name, default) end
