--- D01 to D04: nodes that are not ready, under pressure, cordoned, or that report trouble.
local clock = require "diagnose.clock"
local events = require "diagnose.events"
local objects = require "diagnose.objects"

local docs = "https://kubernetes.io/docs/reference/node/node-status/#condition"

-- Only these are known to be bad when True: of an unknown condition "True" may well be good news.
local pressures = { "MemoryPressure", "DiskPressure", "PIDPressure", "NetworkUnavailable" }
local node_failures = {
  SystemOOM = 1, ImageGCFailed = 3, FreeDiskSpaceFailed = 3, ContainerGCFailed = 3, KubeletSetupFailed = 1,
  NodeNotReady = 3,
}

local function taints_of(node)
  local list = {}
  for _, taint in ipairs((node.spec or {}).taints or {}) do
    list[#list + 1] = ("%s%s:%s"):format(taint.key, taint.value and "=" .. taint.value or "", taint.effect or "")
  end
  return list
end

local function report(context, node, fields)
  fields.class, fields.on = "node", node
  fields.docs = fields.docs or docs
  fields.suggestions = fields.suggestions or { "kubectl describe node " .. node.metadata.name }
  local taints = taints_of(node)
  if #taints > 0 then fields.evidence[#fields.evidence + 1] = "taints " .. table.concat(taints, ", ") end
  context:report(fields)
end

local function inspect_ready(context, node)
  local ready = objects.condition(node, "Ready")
  if not ready or ready.status == "True" then return false end
  local since = clock.parse(ready.lastTransitionTime)
  local joined = objects.created(node)
  local new = joined and context:age(joined) < 120
  report(context, node, {
    id = "D01", settling = new or since ~= nil and not context:persists(node, since, "node"), since = since,
    last = clock.parse(ready.lastHeartbeatTime),
    message = ("the node is not ready: %s"):format(ready.message or ready.reason or "?"),
    evidence = objects.lines(ready.message, ("condition Ready = %s, reason %s"):format(ready.status, ready.reason or "?"),
      ready.lastHeartbeatTime and "last heartbeat " .. ready.lastHeartbeatTime),
    suggestions = { "kubectl describe node " .. node.metadata.name, "journalctl -u kubelet  (on the node)" },
    docs = "https://kubernetes.io/docs/tasks/debug/debug-cluster/",
  })
  return true
end

local function inspect_pressure(context, node)
  for _, type_name in ipairs(pressures) do
    local condition = objects.condition(node, type_name)
    if condition and condition.status == "True" then
      local since = clock.parse(condition.lastTransitionTime)
      report(context, node, {
        id = "D02", since = since, message = ("%s: %s"):format(type_name, condition.message or condition.reason or "?"),
        evidence = objects.lines(("condition %s = True, reason %s"):format(type_name, condition.reason or "?"),
          condition.message),
        docs = "https://kubernetes.io/docs/concepts/scheduling-eviction/node-pressure-eviction/",
      })
    end
  end
end

--- The owners of pods on the node that were killed for memory: what a SystemOOM event is about.
local function killed_for_memory(context, node)
  local needs = {}
  for _, pod in ipairs(context:suspects()) do
    if pod.spec.nodeName == node.metadata.name then
      for _, status in ipairs(pod.status.containerStatuses or {}) do
        local last = (status.state or {}).terminated or (status.lastState or {}).terminated
        if last and last.reason == "OOMKilled" then needs[#needs + 1] = pod end
      end
    end
  end
  return needs
end

local function inspect_events(context, node)
  for _, event in ipairs(context.index:events(node)) do
    local enough = node_failures[event.reason]
    if enough and event.count >= enough and context:age(event.time) < context.graces.node_event then
      report(context, node, {
        id = "D04", severity = "warning", soft = true, since = event.first, last = event.time,
        message = ("%s: %s"):format(event.reason, event.message),
        evidence = { events.line(event) }, needs = event.reason == "SystemOOM" and killed_for_memory(context, node) or nil,
      })
    end
  end
end

local function inspect_cordon(context, node)
  if not (node.spec or {}).unschedulable then return end
  report(context, node, {
    id = "D03", severity = "warning", soft = true, message = "the node is cordoned: it takes no new pods",
    evidence = { "spec.unschedulable = true" }, suggestions = { "kubectl uncordon " .. node.metadata.name },
    needs = context:cordon_victims(),
    docs = "https://kubernetes.io/docs/concepts/architecture/nodes/#manual-node-administration",
  })
end

return {
  name = "nodes",
  reads = { "Node", "Event", "Pod" },
  classes = {
    { id = "D01", class = "node", grace = "60 s; two minutes for a node that has just joined" },
    { id = "D02", class = "node", grace = "none: the kubelet has its own" },
    { id = "D03", class = "node", grace = "none" },
    { id = "D04", class = "node", grace = "within the last hour" },
  },
  detect = function(context)
    for _, node in ipairs(context.index:all("Node")) do
      if not inspect_ready(context, node) then
        inspect_pressure(context, node)
        inspect_cordon(context, node)
        inspect_events(context, node)
      end
    end
  end,
}
