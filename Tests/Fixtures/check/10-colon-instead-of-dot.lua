runbook { name = "deploy", lock = "deploy" }

step("Lint", function() helm:lint { chart = "chart" } end)
-- expect: unknown-api@3:30
