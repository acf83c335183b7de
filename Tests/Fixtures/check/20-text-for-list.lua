runbook { name = "look", allow = { namespaces = "todo" } }
log(kubectl.context())
-- expect: wrong-option-type@1:49
