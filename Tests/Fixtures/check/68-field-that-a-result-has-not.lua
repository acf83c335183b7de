runbook { name = "verify" }

local result = exec.run({ "uname" }, { read = true })
log(result.output)
-- expect: unknown-field@4:12
