runbook { name = "build", lock = "build" }

step("Build", function()
  parallel { backend = docker.build { context = "backend", tag = "backend:v1" } }
end)
-- expect: wrong-option-type@4:24
