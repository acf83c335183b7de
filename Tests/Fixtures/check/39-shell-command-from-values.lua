runbook { name = "clean", params = { path = { type = "path" } } }
step("Clean", function()
  exec.run { "bash", "-c", "rm -rf " .. params.path }
end)
-- expect: shell-string@3:28
