runbook { name = "deploy", lock = "deploy" }

step("Lint", function() helm.lint("chart") end)
-- expect: wrong-option-type@3:35
