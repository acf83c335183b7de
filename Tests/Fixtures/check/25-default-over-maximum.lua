runbook {
  name = "scale",
  lock = "scale",
  params = { replicas = { type = "integer", default = 9, min = 1, max = 5 } },
}
step("Scale", function() kubectl.scale { deployment = "backend", replicas = params.replicas } end)
-- expect: header-param@4:55
