--- The words that people read for classes and counts, the same on the screen and in every report.
local words = {}

local titles = {
  ["container-crash"] = "container crashes", ["oom-killed"] = "out of memory", ["image-pull"] = "image cannot be pulled",
  ["missing-config"] = "configuration is missing", ["unschedulable"] = "no node can take it",
  ["probe-failing"] = "probe fails",
  ["init-container"] = "init container fails", ["service-no-endpoints"] = "service has no endpoint",
  ["service-port"] = "service port is wrong",
  ["container-start"] = "container cannot start", ["evicted"] = "pods are put out",
  ["volume-mount"] = "volume cannot be mounted",
  ["pvc-pending"] = "claim has no volume", ["job-failed"] = "job failed", ["cronjob"] = "cron job does not work",
  ["quota"] = "quota",
  ["admission"] = "creation is refused", ["rollout-stuck"] = "rollout is stuck", ["stuck-terminating"] = "does not go away",
  ["node"] = "node",
  ["hpa"] = "autoscaler", ["ingress"] = "way in from outside", ["network-policy"] = "network policy", ["dns"] = "DNS",
  ["helm-pending"] = "helm release is stuck",
  ["pdb"] = "no pod may be evicted", ["api-service"] = "API does not answer", ["settling"] = "is settling",
}

-- where the finer id says more than the class
local id_titles = {
  V02 = "volume is lost", V03 = "volume cannot be changed", V04 = "volume is full", S10 = "cannot be resized",
  P05 = "probe warns", P04 = "readiness gate is closed", N03 = "load balancer", N08 = "DNS settings are cut",
}

--- What a finding is, in words; a class of one's own stands for itself.
function words.title(finding)
  return finding.class ~= "settling" and id_titles[finding.id or ""] or titles[finding.class] or finding.class
end

-- kinds whose plural is not made by the rule, or that people call something else
local plurals = {
  ResourceQuota = "quotas", LimitRange = "limit ranges", Ingress = "ingresses", IngressClass = "ingress classes",
  StorageClass = "storage classes", NetworkPolicy = "network policies", PersistentVolumeClaim = "claims",
  PersistentVolume = "volumes", HorizontalPodAutoscaler = "autoscalers", PodDisruptionBudget = "disruption budgets",
  APIService = "API services", EndpointSlice = "endpoint slices", GatewayClass = "gateway classes", HTTPRoute = "HTTP routes",
  ValidatingWebhookConfiguration = "validating webhooks", MutatingWebhookConfiguration = "mutating webhooks",
  ConfigMap = "ConfigMaps", Namespace = "the namespace",
}

--- The objects of a kind in words: `quotas`, `service accounts`; what is no kind stands for itself.
function words.plural(kind)
  if plurals[kind] then return plurals[kind] end
  if not kind:find("^%u%a+$") then return kind end
  return (kind:gsub("(%l)(%u)", "%1 %2"):lower()) .. "s"
end

--- `1 error`, `3 errors`.
function words.count(number, word)
  return ("%d %s%s"):format(number, word, number == 1 and "" or "s")
end

--- `2 errors, 1 warning`, or nil when there is nothing.
function words.summary(findings)
  local counts = { error = 0, warning = 0, info = 0 }
  for _, finding in ipairs(findings) do counts[finding.severity] = counts[finding.severity] + 1 end
  local parts = {}
  if counts.error > 0 then parts[#parts + 1] = words.count(counts.error, "error") end
  if counts.warning > 0 then parts[#parts + 1] = words.count(counts.warning, "warning") end
  if counts.info > 0 then parts[#parts + 1] = counts.info .. " settling or for information" end
  return #parts > 0 and table.concat(parts, ", ") or nil
end

--- `3 of 5 pods: web-1, web-2, web-3`, or nil where no pod is meant.
function words.pods(finding)
  if (finding.pods_affected or 0) == 0 then return nil end
  local more = finding.pods_affected > #finding.pods and ", …" or ""
  return ("%d of %s: %s%s"):format(finding.pods_affected,
    words.count(math.max(finding.pods_total, finding.pods_affected), "pod"),
    table.concat(finding.pods, ", "), more)
end

--- Where a result is about: `namespace shop`, `all namespaces`, with the context where it is known.
function words.scope(result)
  local place = result.namespace and "namespace " .. result.namespace or "all namespaces"
  return result.context and ("%s, %s"):format(place, result.context) or place
end

return words
