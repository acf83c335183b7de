runbook { name = "show", params = { namespace = { type = "string", default = "todo" } } }
log(params.namespace .. params.name_space)
-- expect: unknown-param@2:32
