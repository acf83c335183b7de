--- B01: a PodDisruptionBudget that lets no pod go, so that a drain or an upgrade of a node waits for ever.
local clock = require "diagnose.clock"
local objects = require "diagnose.objects"
local selector = require "diagnose.selector"

--- The owners of the pods that a budget covers, read from the label index where its selector allows.
local function covered(context, budget)
  local wanted = budget.spec.selector or {}
  local candidates = next(wanted.matchLabels or {})
    and context.index:pods_matching(budget.metadata.namespace, wanted.matchLabels)
    or context.index:all("Pod")
  local owners, seen = {}, {}
  for _, pod in ipairs(candidates) do
    local top = context.index:top(pod)
    if not seen[top] and pod.metadata.namespace == budget.metadata.namespace
      and selector.matches(wanted, pod.metadata.labels) then
      seen[top] = true
      owners[#owners + 1] = top
    end
  end
  if #owners > 0 then return owners end
  -- without pods there is still the workload that should have made them
  for _, kind in ipairs { "Deployment", "StatefulSet", "DaemonSet" } do
    for _, object in ipairs(context.index:all(kind)) do
      local template = objects.pod_template(object) or {}
      if object.metadata.namespace == budget.metadata.namespace
        and selector.matches(wanted, (template.metadata or {}).labels) then
        owners[#owners + 1] = object
      end
    end
  end
  return owners
end

local function inspect(context, budget)
  local status = budget.status or {}
  local allowed = objects.condition(budget, "DisruptionAllowed")
  local sync_failed = allowed and allowed.status == "False" and allowed.reason == "SyncFailed"
  if not sync_failed and ((status.disruptionsAllowed or 0) > 0 or (status.expectedPods or 0) == 0) then return end
  local healthy, desired = status.currentHealthy or 0, status.desiredHealthy or 0
  local unhealthy = healthy < desired
  local since = allowed and clock.parse(allowed.lastTransitionTime) or objects.created(budget)
  local rule = budget.spec.minAvailable and "minAvailable " .. objects.port(budget.spec.minAvailable)
    or budget.spec.maxUnavailable and "maxUnavailable " .. objects.port(budget.spec.maxUnavailable) or ""
  context:report {
    class = "pdb", id = "B01", on = budget, severity = "warning",
    needs = (unhealthy or sync_failed) and covered(context, budget) or {},
    settling = unhealthy and not context:persists(budget, since, "disruption"),
    message = sync_failed and "the budget cannot be computed: " .. (allowed.message or "SyncFailed")
      or unhealthy and ("only %d of %d required pods are healthy, so none may be evicted"):format(healthy, desired)
      or ("it allows no eviction: %s of %d pods (a drain of their node will wait)"):format(rule, status.expectedPods),
    evidence = objects.lines(("disruptionsAllowed %d, currentHealthy %d, desiredHealthy %d, expectedPods %d"):format(status.disruptionsAllowed or 0,
      healthy, desired, status.expectedPods or 0), rule,
        allowed and ("condition DisruptionAllowed = %s, reason %s"):format(allowed.status, allowed.reason or "?"),
      allowed and allowed.message),
    suggestions = { context.describe(budget) }, since = since,
    docs = "https://kubernetes.io/docs/tasks/run-application/configure-pdb/",
  }
end

return {
  name = "disruption",
  reads = { "PodDisruptionBudget", "Pod" },
  classes = { { id = "B01", class = "pdb", grace = "5 min while pods are not healthy" } },
  detect = function(context)
    for _, budget in ipairs(context.index:all("PodDisruptionBudget")) do inspect(context, budget) end
  end,
}
