runbook { name = "deploy", lock = "deploy" }

step("Scale", function()
  kubectl.scale { deployment = "backend", replicas = "3" }
end)
-- expect: wrong-option-type@4:54
