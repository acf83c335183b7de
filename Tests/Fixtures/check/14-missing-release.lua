runbook { name = "deploy", lock = "deploy" }

step("Deploy", function()
  helm.upgrade { chart = "chart", namespace = "todo" }
end)
-- expect: missing-option@4:16
