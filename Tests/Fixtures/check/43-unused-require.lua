runbook { name = "deploy", lock = "deploy" }

local checks = require("lib.checks")
log(kubectl.context())
-- expect: unused-local@3:7
