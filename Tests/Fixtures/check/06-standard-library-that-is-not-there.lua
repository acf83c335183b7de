runbook { name = "deploy", lock = "deploy" }

local file = io.open("values.yaml")
log(file)
-- expect: unknown-global@3:14
