runbook { name = "deploy", lock = "deploy" }

step("Build", function()
  docker.build { context = ".", tag = "todo:1", max_size = "500 megs" }
end)
-- expect: wrong-option-type@4:60
