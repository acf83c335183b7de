runbook {
  name = "show",
  params = { env = { type = "enum", values = { "dev", "staging", "prod" }, default = "production" } },
}
log(params.env)
-- expect: header-param@3:86
