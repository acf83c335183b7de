runbook { name = "check" }

local checks = require "checks/nodes"
step("Check", function() checks.all() end)
-- expect: missing-module@3:24
