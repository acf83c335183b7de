runbook { name = "scale" }
step("Scale", function() kubectl.scale { deployment = "backend", replicas = 2 } end)
-- expect: missing-lock@1:1
