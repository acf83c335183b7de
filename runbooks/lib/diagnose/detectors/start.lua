--- C04, C05, C06: the container runtime, a hook or the sandbox keeps a container from starting.
local clock = require "diagnose.clock"
local containers = require "diagnose.containers"
local events = require "diagnose.events"
local exits = require "diagnose.exits"
local objects = require "diagnose.objects"

local docs = "https://kubernetes.io/docs/tasks/debug/debug-application/debug-pods/"
local create_reasons = {
  CreateContainerError = "C04", RunContainerError = "C04", PreCreateHookError = "C04", PreStartHookError = "C04",
  PostStartHookError = "C05", CreatePodSandboxError = "C06", ConfigPodSandboxError = "C06", KillPodSandboxError = "C06",
}
local start_reasons = { StartError = true, ContainerCannotRun = true }
local sandbox_reasons = {
  FailedCreatePodSandBox = true, FailedPodSandBoxStatus = true, NetworkNotReady = true,
  FailedPrepareDynamicResources = true,
}
local hook_reasons = { FailedPostStartHook = true, FailedPreStartHook = true }

local function short(text)
  local cause = text:match('exec: ".-": [^:]+') or text:match("exec format error") or text:match("permission denied")
    or text:match("no such file or directory.*") or text
  return #cause > 200 and cause:sub(1, 197) .. "..." or cause
end

local function report_container(context, pod, spec, is_init, found)
  local event = context.index:event(pod, { Failed = true, FailedPostStartHook = true, FailedPreStartHook = true })
  local title = containers.title(spec, is_init)
  local text = found.message or event and event.message or found.reason
  local evidence = objects.lines(text, ("%s: %s"):format(title, found.reason), found.exit, event and events.line(event))
  if spec.command then evidence[#evidence + 1] = "command " .. table.concat(spec.command, " ") end
  if spec.lifecycle and found.id == "C05" then evidence[#evidence + 1] = "lifecycle hook of " .. title end
  context:report {
    class = "container-start", id = found.id, on = pod, container = spec.name,
    message = ("%s cannot start: %s"):format(title, short(text)),
    evidence = evidence, since = containers.pod_since(pod), last = event and event.time, docs = docs,
    suggestions = { context.describe(pod),
      ("kubectl get pod %s -n %s -o yaml"):format(pod.metadata.name, pod.metadata.namespace or "default") },
  }
end

--- What keeps this container from starting, or nil.
local function start_failure(context, pod, spec, status)
  local waiting = (status.state or {}).waiting
  if waiting and create_reasons[waiting.reason] then
    return { id = create_reasons[waiting.reason], reason = waiting.reason, message = waiting.message }
  end
  local ended = containers.terminated(status)
  local recovered = (status.state or {}).running and status.ready
  if ended and start_reasons[ended.reason] and not recovered then
    return { id = "C04", reason = ended.reason, message = ended.message, exit = exits.describe(ended) }
  end
  if waiting and waiting.reason == "CrashLoopBackOff" or (status.state or {}).terminated then
    local hook = context.index:event(pod, hook_reasons)
    if hook and (not hook.container or hook.container == spec.name) and hook.count >= 2 then
      return { id = "C05", reason = hook.reason, message = hook.message }
    end
  end
  return nil
end

local function is_waiting_to_be_made(pod)
  local any = false
  for _, list in ipairs { pod.status.initContainerStatuses or {}, pod.status.containerStatuses or {} } do
    for _, status in ipairs(list) do
      any = true
      local reason = containers.waiting_reason(status)
      if reason ~= "ContainerCreating" and reason ~= "PodInitializing" then return false end
    end
  end
  return any or pod.status.phase == "Pending"
end

--- A pod on a node, none of whose containers was made yet.
local function report_sandbox(context, pod)
  local since = containers.pod_since(pod)
  local event = context.index:event(pod, sandbox_reasons)
  local pulling = context.index:event(pod, { Pulling = true })
  if pulling and not event then return end
  local condition = objects.condition(pod, "PodReadyToStartContainers")
  local failing = event and (event.count >= 3 or context:lasted(event.first, "sandbox"))
    or context:lasted(since, "container_creating")
  local message = event and "the pod's sandbox cannot be made: " .. short(event.message)
    or "its containers have been waiting to be made for " .. clock.duration(context:held(since))
  local evidence = { event and event.message or "state.waiting.reason = ContainerCreating" }
  if event then evidence[#evidence + 1] = events.line(event) end
  if condition then evidence[#evidence + 1] = "condition PodReadyToStartContainers = " .. condition.status end
  evidence[#evidence + 1] = "node " .. pod.spec.nodeName
  context:report {
    class = "container-start", id = "C06", on = pod, message = message, settling = not failing, evidence = evidence,
    confidence = event and "high" or "medium",
    since = since, last = event and event.time, needs = { context.index:get("Node", nil, pod.spec.nodeName) },
    suggestions = { context.describe(pod), "kubectl describe node " .. pod.spec.nodeName }, docs = docs,
  }
end

return {
  name = "start",
  reads = { "Pod", "Event" },
  classes = {
    { id = "C04", class = "container-start", grace = "none" },
    { id = "C05", class = "container-start", grace = "none" },
    { id = "C06", class = "container-start", grace = "60 s with an event, 5 min without" },
  },
  detect = function(context)
    for _, pod in ipairs(context:suspects()) do
      objects.each_container(pod, function(spec, status, is_init)
        local found = start_failure(context, pod, spec, status)
        if found then report_container(context, pod, spec, is_init, found) end
      end)
      if pod.spec.nodeName and pod.status.phase == "Pending" and is_waiting_to_be_made(pod) then
        report_sandbox(context, pod)
      end
    end
  end,
}
