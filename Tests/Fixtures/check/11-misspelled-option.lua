runbook { name = "deploy", lock = "deploy" }

step("Deploy", function()
  helm.upgrade {
    release = "todo",
    chart = "chart",
    namepace = "todo",
  }
end)
-- expect: unknown-option@7:5
