--- Does what was deployed answer?
local app = require "deploy.app"

local smoke = {}

--- Asks each service for its health, and returns the addresses to open, by the service's name.
function smoke.check(namespace, profile)
  local addresses = {}
  for _, service in ipairs(app.services) do
    local answer = kubectl.proxy_get {
      service = service.service, port = service.port, path = service.health, namespace = namespace,
    }
    addresses[service.name] = answer.address
  end
  local frontend = app.service "frontend"
  addresses.frontend =
    minikube.service_url { service = frontend.service, namespace = namespace, profile = profile }.url
  return addresses
end

return smoke
