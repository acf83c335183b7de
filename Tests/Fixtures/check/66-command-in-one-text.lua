runbook { name = "deploy", lock = "deploy" }

step("Deploy", function()
  exec.run({ "helm upgrade --install todo chart" })
end)
-- expect: command-words@4:14
