log("starting")
runbook { name = "look" }
log(kubectl.context())
-- expect: header-first@2:1
