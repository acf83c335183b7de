runbook { name = "show", params = { replicas = { type = "int" } } }
log(params.replicas)
-- expect: header-param@1:57
