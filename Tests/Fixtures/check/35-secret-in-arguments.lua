runbook { name = "login", secrets = { "TOKEN" } }
local token = secrets.TOKEN
step("Log in", function()
  exec.run { "docker", "login", "-p", token }
  exec.run { "curl", "-H", "Authorization: Bearer " .. token }
end)
-- expect: secret-in-argv@4:39
-- expect: secret-in-argv@5:28
