runbook { name = "deploy", lock = "deploy" }

local function deploy(name)
  helm.upgrade { release = name, chart = "chart" }
end
for _, name in ipairs { "backend", "frontend" } do
  deploy(name)
end
-- expect: write-outside-step@4:3
