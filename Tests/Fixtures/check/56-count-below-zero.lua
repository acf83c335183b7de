runbook { name = "deploy", lock = "deploy" }

step("Scale", function()
  kubectl.scale { deployment = "backend", replicas = -1 }
end)
-- expect: wrong-option-type@4:54
