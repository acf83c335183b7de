runbook { name = "deploy", lock = "deploy" }

step("Build", function()
  docker.build { context = ".", tag = "todo:1", pull = "allways" }
end)
-- expect: wrong-option-type@4:56
