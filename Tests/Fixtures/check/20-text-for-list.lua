runbook { name = "look", allow = { kubectl = "read", namespaces = "todo" } }
log(kubectl.context())
-- expect: wrong-option-type@1:67
