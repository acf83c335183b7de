runbook { name = "clean", lock = "clean" }

if confirm("Delete everything?") == "yes" then
  step("Delete", function() helm.uninstall { release = "todo" } end)
end
-- expect: never-equal@3:4
