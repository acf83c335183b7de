--- What state a container is in, as the detectors of this folder share it.
local clock = require "diagnose.clock"
local objects = require "diagnose.objects"

local containers = {}

--- Epoch seconds from which a pod's start is measured: scheduled, else created.
function containers.pod_since(pod)
  local scheduled = objects.condition(pod, "PodScheduled")
  if scheduled and scheduled.status == "True" then
    local time = clock.parse(scheduled.lastTransitionTime)
    if time then return time end
  end
  return clock.parse((pod.status or {}).startTime) or objects.created(pod)
end

--- The reason why a container waits, or nil.
function containers.waiting_reason(status)
  local waiting = (status.state or {}).waiting
  return waiting and waiting.reason
end

--- The end of the container's latest finished run, or nil.
function containers.terminated(status)
  return (status.state or {}).terminated or (status.lastState or {}).terminated
end

--- Whether the pod restarts this container when it ends.
function containers.restarts(pod, spec, is_init)
  if is_init and not objects.is_sidecar(spec) then return (pod.spec.restartPolicy or "Always") ~= "Never" end
  return spec.restartPolicy == "Always" or (pod.spec.restartPolicy or "Always") == "Always"
end

--- The newest event that says a probe ended this container, or nil. `probe` is "liveness" or "startup".
function containers.probe_kill(context, pod, name)
  for _, event in ipairs(context.index:events(pod)) do
    if event.reason == "Killing" then
      local probe = event.message:match("failed (%a+) probe")
      local owner = event.container or event.message:match("^Container (%S+) failed")
      if probe and (not owner or owner == name) then return event, probe end
    end
  end
  return nil
end

--- The newest event of a failing probe of this container: `probe` is "Liveness", "Readiness" or "Startup".
function containers.unhealthy(context, pod, name, probe)
  for _, event in ipairs(context.index:events(pod)) do
    if event.reason == "Unhealthy" and event.message:find("^" .. probe .. " probe ")
      and (not event.container or event.container == name) then
      return event
    end
  end
  return nil
end

--- What stands in place of the event of a kill that has expired: a probe that gives up after as long as the container
-- ran, again and again, when a signal ended it.
local function supposed_kill(pod, spec, status, ended)
  local began, finished = clock.parse(ended.startedAt), clock.parse(ended.finishedAt)
  if not began or not finished or (status.restartCount or 0) < 2 then return nil end
  for _, kind in ipairs { "startup", "liveness" } do
    local probe = spec[kind .. "Probe"]
    if probe then
      local period, failures = probe.periodSeconds or 10, probe.failureThreshold or 3
      local earliest = (probe.initialDelaySeconds or 0) + period * (failures - 1)
      local latest = earliest + 2 * period + (pod.spec.terminationGracePeriodSeconds or 30) + 5
      if finished - began >= earliest and finished - began <= latest then
        return { time = finished, first = finished, count = math.floor(status.restartCount), supposed = true,
          message = ("ended by a signal after %d s, which is what its %s probe allows"):format(finished - began, kind) }, kind
      end
    end
  end
  return nil
end

--- Whether a probe, and not the program, ended the container's last run; with the event that says so. Where the events
-- have expired it is concluded from the length of the run: the event is then a stand-in with `supposed = true`.
function containers.killed_by_probe(context, pod, spec, status)
  local ended = containers.terminated(status)
  if not ended or ended.reason == "OOMKilled" then return nil end
  local finished = clock.parse(ended.finishedAt)
  local slack = (pod.spec.terminationGracePeriodSeconds or 30) + 30
  local kill, probe = containers.probe_kill(context, pod, spec.name)
  if kill and (not finished or kill.time >= finished - slack) then return kill, probe end
  -- the kill itself may have expired: a probe that failed just before a signal is as good
  if ended.exitCode ~= 137 and ended.exitCode ~= 143 then return nil end
  for _, kind in ipairs { "Liveness", "Startup" } do
    local event = spec[kind:lower() .. "Probe"] and containers.unhealthy(context, pod, spec.name, kind)
    if event and finished and event.time >= finished - slack then return event, kind:lower() end
  end
  if #context.index:events(pod) == 0 then return supposed_kill(pod, spec, status, ended) end
  return nil
end

--- The state of a container that keeps ending: "crashing", "settling" (first time) or nil.
function containers.crash_state(context, pod, spec, status, is_init)
  local ended = containers.terminated(status)
  if not ended then return nil end
  local restarts = status.restartCount or 0
  local state = status.state or {}
  local finished = clock.parse(ended.finishedAt)
  if state.waiting then
    if state.waiting.reason == "CrashLoopBackOff" then return "crashing" end
    return restarts >= 2 and "crashing" or nil
  end
  if state.terminated then
    local again = containers.restarts(pod, spec, is_init)
    if ended.exitCode == 0 and (is_init or not again) and not objects.is_sidecar(spec) then return nil end
    if ended.exitCode == 0 and (pod.spec.restartPolicy or "Always") ~= "Always" then return nil end
    if ended.exitCode ~= 0 and not again then return "crashing" end
    if restarts >= 2 or ended.exitCode ~= 0 and context:lasted(finished, "first_crash") then return "crashing" end
    return "settling"
  end
  if not state.running or ended.reason == "ContainerStatusUnknown" then return nil end
  if restarts < context.graces.restart_count or not finished or context:age(finished) >= context.graces.crash_window then
    return nil
  end
  -- a pod of weeks that a reboot of its node restarted once more is no crash loop
  local began = clock.parse(ended.startedAt)
  local brief = not began or finished - began <= context.graces.crash_window
  local frequent = context:age(objects.created(pod)) / restarts < context.graces.restart_rate
  return (brief or frequent) and "crashing" or nil
end

--- `container app`, or `init container migrations`.
function containers.title(spec, is_init)
  if is_init and not objects.is_sidecar(spec) then return "init container " .. spec.name end
  return "container " .. spec.name
end

--- `kubectl logs POD -c NAME -n NAMESPACE`, with `--previous` where the container runs again.
function containers.log_command(pod, spec, status)
  local previous = (status.state or {}).running and (status.restartCount or 0) > 0
  return ("kubectl logs %s -c %s -n %s%s"):format(pod.metadata.name, spec.name, pod.metadata.namespace or "default",
    previous and " --previous" or "")
end

return containers
