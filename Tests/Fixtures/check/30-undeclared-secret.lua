runbook { name = "login", secrets = { "REGISTRY_TOKEN" } }
step("Log in", function()
  exec.run({ "docker", "login", "--password-stdin" }, { stdin = secrets.REGISTRY_TOKN })
end)
-- expect: undeclared-secret@3:73
