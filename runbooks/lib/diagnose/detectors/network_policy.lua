--- N06: a NetworkPolicy that selects nothing, or policies that keep pods from asking the DNS.
local objects = require "diagnose.objects"
local selector = require "diagnose.selector"

local docs = "https://kubernetes.io/docs/concepts/services-networking/network-policies/"

--- The labels of everything in a namespace that is or makes a pod.
local function label_sets(context, namespace)
  context.label_sets = context.label_sets or {}
  local list = context.label_sets[namespace]
  if list then return list end
  list = {}
  context.label_sets[namespace] = list
  for _, pod in ipairs(context.index:all("Pod")) do
    if pod.metadata.namespace == namespace then list[#list + 1] = { labels = pod.metadata.labels or {}, pod = pod } end
  end
  for _, kind in ipairs { "Deployment", "StatefulSet", "DaemonSet", "CronJob", "Job", "ReplicaSet" } do
    for _, object in ipairs(context.index:all(kind)) do
      local template = object.metadata.namespace == namespace and objects.pod_template(object)
      if template then list[#list + 1] = { labels = (template.metadata or {}).labels or {} } end
    end
  end
  return list
end

local function governs(policy, direction)
  local types = policy.spec.policyTypes
  if not types or #types == 0 then return direction == "Ingress" or policy.spec.egress ~= nil end
  for _, type_name in ipairs(types) do
    if type_name == direction then return true end
  end
  return false
end

--- Whether one rule of a policy lets a pod reach port 53.
local function admits_dns(policy)
  for _, rule in ipairs(policy.spec.egress or {}) do
    if not rule.ports or #rule.ports == 0 then return true end
    for _, port in ipairs(rule.ports) do
      local number = tonumber(port.port)
      if port.port == nil or number == 53 or port.port == "dns" or port.port == "dns-tcp" then return true end
      if number and port.endPort and number <= 53 and port.endPort >= 53 then return true end
    end
  end
  return false
end

local function report_selects_nothing(context, policy)
  local text = selector.describe(policy.spec.podSelector or {})
  context:report {
    class = "network-policy", id = "N06", on = policy, severity = "warning",
    message = ("it selects no pod: %s"):format(text),
    evidence = { "podSelector " .. text, "no pod and no workload of the namespace has these labels" },
    suggestions = { ("kubectl get pods -n %s --show-labels"):format(policy.metadata.namespace), context.describe(policy) },
    since = objects.created(policy), docs = docs,
  }
end

--- Reports the first policy that keeps running pods from the DNS while no other policy lets them.
local function inspect_dns(context, namespace, policies)
  local reported = {}
  for _, entry in ipairs(label_sets(context, namespace)) do
    if entry.pod and entry.pod.status.phase ~= "Succeeded" and entry.pod.status.phase ~= "Failed" then
      local denying, admitted
      for _, policy in ipairs(policies) do
        if governs(policy, "Egress") and selector.matches(policy.spec.podSelector or {}, entry.labels) then
          denying = denying or policy
          if admits_dns(policy) then
            admitted = true
            break
          end
        end
      end
      if denying and not admitted and entry.pod.spec.dnsPolicy ~= "None" then
        local list = reported[denying] or {}
        reported[denying] = list
        list[#list + 1] = entry.pod.metadata.name
      end
    end
  end
  for policy, pods in pairs(reported) do
    context:report {
      class = "network-policy", id = "N06", on = policy, severity = "warning",
      message = ("it keeps %d pods from asking the DNS: no egress rule admits port 53"):format(#pods),
      evidence = { "podSelector " .. selector.describe(policy.spec.podSelector or {}),
        "policyTypes Egress, no rule admits port 53",
        "pods " .. table.concat(pods, ", ", 1, math.min(3, #pods)) },
      suggestions = { context.describe(policy), "allow egress to namespace kube-system, ports 53/UDP and 53/TCP" },
      since = objects.created(policy), docs = docs,
    }
  end
end

return {
  name = "network_policy",
  reads = { "NetworkPolicy", "Pod", "Deployment", "StatefulSet", "DaemonSet", "CronJob", "Job" },
  classes = { { id = "N06", class = "network-policy", grace = "none" } },
  detect = function(context)
    local by_namespace = {}
    for _, policy in ipairs(context.index:all("NetworkPolicy")) do
      local namespace = policy.metadata.namespace or "default"
      policy.spec = policy.spec or {}
      by_namespace[namespace] = by_namespace[namespace] or {}
      table.insert(by_namespace[namespace], policy)
    end
    for namespace, policies in pairs(by_namespace) do
      local sets = label_sets(context, namespace)
      for _, policy in ipairs(policies) do
        local selects = selector.is_empty(policy.spec.podSelector or {})
        for _, entry in ipairs(sets) do
          selects = selects or selector.matches(policy.spec.podSelector or {}, entry.labels)
          if selects then break end
        end
        if not selects and context.index:readable("Pod") then report_selects_nothing(context, policy) end
      end
      inspect_dns(context, namespace, policies)
    end
  end,
}
