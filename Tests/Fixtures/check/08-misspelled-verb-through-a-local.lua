runbook { name = "deploy", lock = "deploy" }

local k = kubectl
step("Scale", function()
  k.scael { deployment = "backend", replicas = 2 }
end)
-- expect: unknown-api@5:5
