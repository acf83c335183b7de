--- S04 to S08: pods that the node, the scheduler or the API put out. What is left of old ones is history.
local clock = require "diagnose.clock"
local events = require "diagnose.events"
local objects = require "diagnose.objects"

local docs = "https://kubernetes.io/docs/concepts/scheduling-eviction/node-pressure-eviction/"
local by_others = { EvictionByEvictionAPI = true, DeletionByTaintManager = true, DeletionByPodGC = true,
  PreemptionByScheduler = true, TerminationByKubelet = true }

--- When a failed pod was put out.
local function put_out_at(pod)
  local target = objects.condition(pod, "DisruptionTarget")
  local time = target and clock.parse(target.lastTransitionTime)
  for _, status in ipairs(pod.status.containerStatuses or {}) do
    time = time or clock.parse(((status.state or {}).terminated or {}).finishedAt)
  end
  local ready = objects.condition(pod, "Ready")
  return time or ready and clock.parse(ready.lastTransitionTime) or clock.parse(pod.status.startTime)
    or objects.created(pod)
end

local function spec_id(reason)
  if reason == "Evicted" then return "S05" end
  if reason == "DeadlineExceeded" then return "S08" end
  return by_others[reason] and "S06" or "S07"
end

--- Whether the owner has all the ready pods that it wants.
local function is_whole(context, top)
  if top.kind == "Pod" then return false end
  if top.kind == "DaemonSet" then
    return ((top.status or {}).numberUnavailable or 0) == 0
  end
  if top.absent or top.kind == "Job" or top.kind == "CronJob" then
    for _, pod in ipairs(context.index:pods_of(top)) do
      if context.is_ready(pod) or pod.status.phase == "Succeeded" then return true end
    end
    return false
  end
  return ((top.status or {}).readyReplicas or 0) >= objects.wanted(top)
end

local function report(context, top, group)
  local newest = group[1]
  local status = newest.pod.status
  local reason = status.reason or newest.reason
  local target = objects.condition(newest.pod, "DisruptionTarget")
  local text = (status.message or "") ~= "" and status.message or target and target.message or reason
  local evidence = objects.lines(status.message, ("status.reason = %s, phase Failed"):format(reason),
    ("%d pods put out, the last %s"):format(#group, context:when(newest.time)),
      newest.pod.spec.nodeName and "node " .. newest.pod.spec.nodeName)
  if target then
    evidence[#evidence + 1] = ("condition DisruptionTarget: %s, %s"):format(target.reason or "?", target.message or "")
  end
  local node = context.index:get("Node", nil, newest.pod.spec.nodeName)
  local pressure = node and context.index:event(node, { EvictionThresholdMet = true })
  if pressure then evidence[#evidence + 1] = events.line(pressure) end
  for i, entry in ipairs(group) do
    context:report {
      class = "evicted", id = spec_id(reason), on = entry.pod, severity = is_whole(context, top) and "warning" or "error",
      message = ("%s: %s"):format(status.reason and "pods are put out by the node" or "pods are put out", text),
      evidence = i == 1 and evidence or {}, since = group[#group].time, last = newest.time,
      soft = reason ~= "DeadlineExceeded",
      suggestions = { "kubectl describe node " .. (newest.pod.spec.nodeName or ""), context.describe(newest.pod) },
      docs = docs,
      needs = { node },
    }
  end
end

local function inspect_failed(context)
  local groups, order = {}, {}
  for _, pod in ipairs(context.index:all("Pod")) do
    local target = pod.status.phase == "Failed" and objects.condition(pod, "DisruptionTarget")
    local reason = pod.status.reason or target and target.reason
    if pod.status.phase == "Failed" and reason and reason ~= "NodeLost" and not context:ended_job(pod) then
      local top = context.index:top(pod)
      if not groups[top] then
        groups[top] = {}
        order[#order + 1] = top
      end
      table.insert(groups[top], { pod = pod, time = put_out_at(pod) or 0, reason = reason })
    end
  end
  for _, top in ipairs(order) do
    local group = groups[top]
    table.sort(group, function(a, b) return a.time > b.time end)
    local recent = context:age(group[1].time) < context.graces.evicted_recent
    local nth = group[context.graces.evicted_count]
    local recurring = nth and context:age(nth.time) < context.graces.evicted_recurring
      and group[1].time - nth.time >= context.graces.evicted_spread
    if recent or recurring then report(context, top, group) end
  end
end

--- S04: the scheduler put a pod out for a more important one, and its owner lacks it.
local function inspect_preempted(context)
  for _, event in ipairs(context.index:events_with("Preempted")) do
    local pod = event.kind == "Pod" and context.index:get("Pod", event.namespace, event.name)
    if pod and pod.status.phase ~= "Succeeded" and not context.is_ready(pod)
      and context:age(event.time) < context.graces.evicted_recent then
      context:report {
        class = "evicted", id = "S04", on = pod, severity = "warning", soft = true,
        message = "preempted: " .. event.message,
        evidence = { events.line(event) }, since = event.first, last = event.time,
        suggestions = { "kubectl get priorityclasses", context.describe(pod) },
        docs = "https://kubernetes.io/docs/concepts/scheduling-eviction/pod-priority-preemption/",
      }
    end
  end
end

return {
  name = "eviction",
  reads = { "Pod", "Event", "Node" },
  classes = {
    { id = "S04", class = "evicted", grace = "within the last hour" },
    { id = "S05", class = "evicted", grace = "within the last hour, or three at different times of the last six" },
    { id = "S06", class = "evicted", grace = "as S05" },
    { id = "S07", class = "evicted", grace = "as S05" },
    { id = "S08", class = "evicted", grace = "as S05" },
  },
  detect = function(context)
    inspect_failed(context)
    inspect_preempted(context)
  end,
}
