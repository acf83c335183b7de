runbook { name = "show", allow = { kubectl = "read" } }

step("Scale", function() kubectl.scale { deployment = "web", replicas = 2 } end)
-- expect: missing-lock@1:1
-- expect: not-allowed@3:26
