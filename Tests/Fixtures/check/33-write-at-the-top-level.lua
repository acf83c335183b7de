runbook { name = "deploy", lock = "deploy" }

log("deploying")
helm.upgrade { release = "todo", chart = "chart" }
-- expect: write-outside-step@4:1
