runbook { name = "show" }

local log = exec.run({ "uname" }, { read = true }).stdout
log("this machine: " .. log)
-- expect: shadowed-api@3:7
