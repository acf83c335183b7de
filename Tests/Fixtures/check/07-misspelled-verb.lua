runbook { name = "deploy", lock = "deploy" }

step("Deploy", function()
  helm.upgrad { release = "todo", chart = "chart" }
end)
-- expect: unknown-api@4:8
