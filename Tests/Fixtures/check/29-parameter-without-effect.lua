runbook {
  name = "show",
  params = { namespace = { type = "string" }, dry = { type = "boolean" } },
}
log(params.namespace)
-- expect: unused-param@3:47
