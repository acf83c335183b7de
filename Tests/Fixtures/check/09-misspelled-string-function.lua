runbook { name = "deploy", lock = "deploy" }

log(string.formt("%s", "todo"))
-- expect: unknown-api@3:12
