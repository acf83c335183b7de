runbook { name = "show" }

local kubectl = exec.run({ "kubectl", "get", "pods" }, { read = true })
log(kubectl.stdout)
-- expect: shadowed-api@3:7
