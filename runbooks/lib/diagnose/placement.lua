--- What of a pod's own wishes the scheduler's message is about, and what the nodes have instead.
local objects = require "diagnose.objects"
local selector = require "diagnose.selector"

local placement = {}

local shown_nodes = 3

local function tolerates(toleration, taint)
  if toleration.effect and toleration.effect ~= "" and toleration.effect ~= taint.effect then return false end
  if not toleration.key or toleration.key == "" then return toleration.operator == "Exists" end
  if toleration.key ~= taint.key then return false end
  return toleration.operator == "Exists" or (toleration.value or "") == (taint.value or "")
end

--- The taints of a node that a pod does not tolerate and that keep it off.
local function untolerated(pod, node)
  local list = {}
  for _, taint in ipairs((node.spec or {}).taints or {}) do
    local tolerated = taint.effect == "PreferNoSchedule"
    for _, toleration in ipairs(pod.spec.tolerations or {}) do tolerated = tolerated or tolerates(toleration, taint) end
    if not tolerated then
      list[#list + 1] = ("%s%s:%s"):format(taint.key or "?", (taint.value or "") ~= "" and "=" .. taint.value or "", taint.effect or "")
    end
  end
  return list
end

local function taint_lines(context, pod)
  local lines = {}
  for _, node in ipairs(context.index:all("Node")) do
    local list = untolerated(pod, node)
    if #list > 0 and #lines < shown_nodes then
      lines[#lines + 1] = ("node %s has the taint %s"):format(node.metadata.name, table.concat(list, ", "))
    end
  end
  return lines
end

local function node_affinity_lines(pod)
  local lines, terms = {}, {}
  for key, value in pairs(pod.spec.nodeSelector or {}) do terms[#terms + 1] = key .. "=" .. value end
  table.sort(terms)
  if #terms > 0 then lines[1] = "nodeSelector " .. table.concat(terms, ",") end
  local required = (((pod.spec.affinity or {}).nodeAffinity or {}).requiredDuringSchedulingIgnoredDuringExecution or {})
  for _, term in ipairs(required.nodeSelectorTerms or {}) do
    lines[#lines + 1] = "nodeAffinity " .. selector.describe { matchExpressions = term.matchExpressions or term.matchFields }
  end
  return lines
end

local function pod_affinity_lines(pod, field)
  local lines = {}
  for _, term in ipairs(((pod.spec.affinity or {})[field] or {}).requiredDuringSchedulingIgnoredDuringExecution or {}) do
    lines[#lines + 1] = ("%s: %s, per %s"):format(field, selector.describe(term.labelSelector or {}), term.topologyKey or "?")
  end
  return lines
end

local function spread_lines(pod)
  local lines = {}
  for _, term in ipairs(pod.spec.topologySpreadConstraints or {}) do
    if term.whenUnsatisfiable ~= "ScheduleAnyway" then
      lines[#lines + 1] = ("topologySpreadConstraints: at most %s more per %s"):format(objects.port(term.maxSkew or 1), term.topologyKey or "?")
    end
  end
  return lines
end

local function port_lines(pod)
  local ports = {}
  objects.each_container(pod, function(spec)
    for _, port in ipairs(spec.ports or {}) do
      if port.hostPort then ports[#ports + 1] = objects.port(port.hostPort) .. "/" .. (port.protocol or "TCP") end
    end
  end)
  return #ports > 0 and { "hostPort " .. table.concat(ports, ", ") } or {}
end

local function claim_lines(pod)
  local lines = {}
  for _, volume in ipairs(pod.spec.volumes or {}) do
    local claim = (volume.persistentVolumeClaim or {}).claimName
    if claim then lines[#lines + 1] = "claim " .. claim end
  end
  return lines
end

-- The text of the scheduler that each part of a pod's wishes explains.
local parts = {
  { "taint", taint_lines },
  { "node affinity", function(_, pod) return node_affinity_lines(pod) end },
  { "anti-affinity", function(_, pod) return pod_affinity_lines(pod, "podAntiAffinity") end },
  { "match pod affinity", function(_, pod) return pod_affinity_lines(pod, "podAffinity") end },
  { "topology spread", function(_, pod) return spread_lines(pod) end },
  { "free ports", function(_, pod) return port_lines(pod) end },
  { "olume", function(_, pod) return claim_lines(pod) end },
}

--- The lines of evidence for a message of the scheduler: the wishes that it names, as the pod has them.
function placement.describe(context, pod, message)
  local lines = {}
  for _, part in ipairs(parts) do
    if message:find(part[1], 1, true) then
      for _, line in ipairs(part[2](context, pod)) do lines[#lines + 1] = line end
    end
  end
  return lines
end

return placement
