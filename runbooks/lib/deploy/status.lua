--- What runs in a namespace, in few lines.
local preview = require "deploy.preview"
local quantity = require "quantity"
local requests = require "deploy.requests"

local status = {}

local function workload(kind, object)
  local wanted = (object.spec or {}).replicas or 1
  local has = object.status or {}
  return {
    name = kind .. "/" .. object.metadata.name, wanted = wanted, ready = has.readyReplicas or 0,
    updated = has.updatedReplicas or 0,
  }
end

local function address(service)
  local ports = {}
  for _, port in ipairs(service.spec.ports or {}) do
    ports[#ports + 1] = port.nodePort and ("%d:%d"):format(port.port, port.nodePort) or tostring(port.port)
  end
  return { name = service.metadata.name, type = service.spec.type or "ClusterIP", ports = table.concat(ports, ",") }
end

local function restarts(pods)
  local count = 0
  for _, pod in ipairs(pods) do
    for _, container in ipairs((pod.status or {}).containerStatuses or {}) do
      count = count + (container.restartCount or 0)
    end
  end
  return count
end

--- Reads everything, each kind once. In a preview that cannot reach the cluster only the namespace is known.
function status.read(namespace)
  local read = parallel {
    releases = function() return helm.list { namespace = namespace } end,
    deployments = function() return kubectl.list { resource = "deployments", namespace = namespace } end,
    statefulsets = function() return kubectl.list { resource = "statefulsets", namespace = namespace } end,
    services = function() return kubectl.list { resource = "services", namespace = namespace } end,
    pods = function() return kubectl.list { resource = "pods", namespace = namespace } end,
  }
  for _, objects in pairs(read) do
    if not preview.knows(objects) then return { namespace = namespace } end
  end
  local found = { namespace = namespace, releases = {}, workloads = {}, services = {}, healthy = true }
  for _, release in ipairs(read.releases) do
    found.releases[#found.releases + 1] = {
      name = release.name, revision = release.revision, status = release.status, chart = release.chart,
    }
    if release.status ~= "deployed" then found.healthy = false end
  end
  for _, kind in ipairs { "deployment", "statefulset" } do
    for _, object in ipairs(read[kind .. "s"]) do
      local entry = workload(kind, object)
      found.workloads[#found.workloads + 1] = entry
      if entry.ready < entry.wanted then found.healthy = false end
    end
  end
  for _, service in ipairs(read.services) do found.services[#found.services + 1] = address(service) end
  found.requested = requests.of_pods(read.pods)
  found.restarts = restarts(read.pods)
  return found
end

--- Prints what `read` found.
function status.show(found)
  if not found.workloads then
    print(("what runs in %s cannot be read"):format(found.namespace))
    return
  end
  if #found.workloads == 0 and #found.releases == 0 then
    print(("nothing runs in %s"):format(found.namespace))
    return
  end
  local rows = {}
  for _, release in ipairs(found.releases) do
    rows[#rows + 1] = {
      "release/" .. release.name, release.status, ("revision %d, %s"):format(release.revision, release.chart),
    }
  end
  for _, entry in ipairs(found.workloads) do
    rows[#rows + 1] = { entry.name, ("%d of %d ready"):format(entry.ready, entry.wanted),
      entry.updated < entry.wanted and ("%d up to date"):format(entry.updated) or "" }
  end
  for _, service in ipairs(found.services) do
    rows[#rows + 1] = { "service/" .. service.name, service.type, service.ports }
  end
  print(text.table(rows))
  print(("requested %s and %s by %d pods, %d restarts"):format(
    quantity.show_cpu(found.requested.cpu), quantity.show_memory(found.requested.memory),
    found.requested.pods, found.restarts))
  if not found.healthy then print(("next: runbook diagnose.lua -p namespace=%s"):format(found.namespace)) end
end

return status
