--- Does what was deployed answer?
local app = require "deploy.app"
local preview = require "deploy.preview"

local smoke = {}

--- How many ready endpoints a service has; nil in a preview that cannot know.
local function ready_endpoints(namespace, service)
  local slices = kubectl.list {
    resource = "endpointslices", namespace = namespace, selector = "kubernetes.io/service-name=" .. service,
  }
  if not preview.knows(slices) then return nil end
  local count = 0
  for _, slice in ipairs(slices) do
    for _, endpoint in ipairs(slice.endpoints or {}) do
      if (endpoint.conditions or {}).ready ~= false then count = count + 1 end
    end
  end
  return count
end

--- Asks a service by way of the API server, which needs no open port, tunnel or forwarding.
local function ask(namespace, service, path)
  local argv = { "kubectl" }
  if run.context then argv[2], argv[3] = "--context", run.context end
  local address = ("/api/v1/namespaces/%s/services/%s:%d/proxy%s"):format(
    namespace, service.service, service.port, path)
  for _, word in ipairs { "get", "--raw", address, "--request-timeout", "10s" } do argv[#argv + 1] = word end
  return exec.run(argv, { read = true, check = false, quiet = true, timeout = "15s" })
end

--- Checks one service: ready endpoints, and good answers of its paths. A preview has nothing that could answer.
local function check_service(namespace, service)
  local count = ready_endpoints(namespace, service.service)
  if run.dry_run then return end
  if count == 0 then
    fail {
      message = ("service/%s has no ready endpoint"):format(service.service),
      remedy = ("runbook diagnose.lua -p namespace=%s"):format(namespace),
    }
  end
  for _, path in ipairs { service.health, service.ready } do
    local answer = ask(namespace, service, path)
    if answer.status ~= 0 then
      fail {
        message = ("%s does not answer %s: %s"):format(service.name, path, (answer.stderr:gsub("%s+$", ""))),
        remedy = ("runbook diagnose.lua -p namespace=%s"):format(namespace),
      }
    end
  end
end

--- The address of a service for a browser on this machine, or the command that makes one.
local function address(namespace, service, profile)
  local found = kubectl.get { resource = "service/" .. service.service, namespace = namespace, missing_ok = true }
  if not preview.knows(found) or not found then return nil end
  if found.spec.type == "NodePort" then
    return minikube.service_url { name = service.service, namespace = namespace, profile = profile }
  end
  return ("kubectl -n %s port-forward service/%s %d"):format(namespace, service.service, service.port)
end

--- Checks every service, and returns the addresses to open, by the service's name.
function smoke.check(namespace, profile)
  local addresses = {}
  for _, service in ipairs(app.services) do
    check_service(namespace, service)
    addresses[service.name] = address(namespace, service, profile)
  end
  return addresses
end

return smoke
