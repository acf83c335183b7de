runbook { name = "look", allow = { kubectl = "read", namespace = { "todo" } } }
log(kubectl.context())
-- expect: unknown-option@1:54
