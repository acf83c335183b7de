-- Has all secrets in memory, in a child and in a private file when its engine is killed.
runbook { name = "crash", secrets = { --[[ NAMES ]] } }
local variables, list = {}, {}
for name, value in pairs(secrets) do
  if name ~= "BINARY_LIKE" then variables["S_" .. name] = value end
  list[#list + 1] = value
end
exec.run({ "leak.py", "bytes" }, { env = variables, stdin = table.concat(list, "\n") })
print("ready")
exec.run({ "sleep", "60" }, { env = variables, stdin = table.concat(list, "\n") })
