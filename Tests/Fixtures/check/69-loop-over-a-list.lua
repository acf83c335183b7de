runbook { name = "list" }

for _, image in docker.images() do log(image.Repository) end
-- expect: loop-without-pairs@3:17
