runbook { name = "deploy", lock = "deploy" }

step("Build", function() docker.build { context = "backend", tag = "backend:1" } end)
step("Build", function() docker.build { context = "frontend", tag = "frontend:1" } end)
-- expect: duplicate-step@4:6
