runbook { name = "deploy", lock = "deploy" }

step("Deploy", function()
  helm.upgrade { release = "todo", chart = "chart", set = { replicas = 2, tag = "v1", replicas = 3 } }
end)
-- expect: duplicate-key@4:87
