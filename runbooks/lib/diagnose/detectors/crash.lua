--- C07 to C10, C12, C13: a container ends again and again, or runs out of memory.
local clock = require "diagnose.clock"
local containers = require "diagnose.containers"
local exits = require "diagnose.exits"
local objects = require "diagnose.objects"
local quantity = require "quantity"

-- what has its pod template at spec.template, so that a limit can be changed there
local patched_kinds = { Deployment = true, StatefulSet = true, DaemonSet = true }
local not_a_crash = { StartError = true, ContainerCannotRun = true }
local docs = {
  crash = "https://kubernetes.io/docs/tasks/debug/debug-application/debug-running-pod/",
  memory = "https://kubernetes.io/docs/tasks/configure-pod-container/assign-memory-resource/",
  init = "https://kubernetes.io/docs/tasks/debug/debug-application/debug-init-containers/",
}

local function restarts_text(status)
  local count = math.floor(status.restartCount or 0)
  if count == 0 then return "no restart yet" end
  return count == 1 and "1 restart" or count .. " restarts"
end

local function log_of(spec, status)
  return { container = spec.name, state = (status.state or {}).running and "running" or "ended" }
end

local function is_helm_test(pod)
  return ((pod.metadata.annotations or {})["helm.sh/hook"] or ""):find("test", 1, true) ~= nil
end

local function common_evidence(context, ended, status)
  local evidence = { ("%s, reason %s, %s"):format(exits.describe(ended), ended.reason or "?", restarts_text(status)) }
  if ended.message and ended.message ~= "" then
    evidence[#evidence + 1] = "terminated.message: " .. ended.message:match("^%s*(.-)%s*$")
  end
  local finished = clock.parse(ended.finishedAt)
  if finished then evidence[#evidence + 1] = "ended " .. context:when(finished) end
  return evidence
end

local function report_memory(context, pod, spec, status, is_init, recovered)
  local ended = containers.terminated(status)
  local limit = ((spec.resources or {}).limits or {}).memory
  local title = containers.title(spec, is_init)
  local evidence = common_evidence(context, ended, status)
  table.insert(evidence, 1, limit and "memory limit " .. limit or "no memory limit: the node ran out of memory")
  local owner = context.index:top(pod)
  local suggestions = {}
  local bytes = quantity.parse(limit)
  if bytes then
    suggestions[1] = ("kubectl set resources %s -n %s -c %s --limits=memory=%s"):format(objects.title(owner),
      pod.metadata.namespace or "default", spec.name, quantity.memory(bytes * 2))
  end
  suggestions[#suggestions + 1] = containers.log_command(pod, spec, status)
  local state = recovered and "was killed for memory and runs again" or "runs out of memory and is killed"
  context:report {
    class = "oom-killed", id = "C09", on = pod, container = spec.name, severity = recovered and "warning" or "error",
    message = ("%s %s%s"):format(title, state, limit and ", limit " .. limit or ", without a limit"),
    evidence = evidence, suggestions = suggestions, since = containers.pod_since(pod),
    last = clock.parse(ended.finishedAt), docs = docs.memory, log = log_of(spec, status),
    fix = bytes and patched_kinds[owner.kind] and { kind = "memory", object = objects.title(owner), container = spec.name,
      list = is_init and "initContainers" or "containers", limit = quantity.memory(bytes * 2) } or nil,
    needs = { not limit and context.index:get("Node", nil, pod.spec.nodeName) or nil },
  }
end

local function report_crash(context, pod, spec, status, is_init, settling)
  local ended = containers.terminated(status)
  local is_plain_init = is_init and not objects.is_sidecar(spec)
  local title = containers.title(spec, is_init)
  local evidence = common_evidence(context, ended, status)
  local waiting = (status.state or {}).waiting
  local back_off_text = waiting and waiting.message and waiting.message:match("^back%-off %S+")
  evidence[#evidence + 1] = waiting and ("%s, state.waiting.reason = %s%s"):format(title, waiting.reason or "?",
    back_off_text and ", " .. back_off_text or "")
    or (status.state or {}).running and ("%s runs again at the moment"):format(title) or title .. " has ended"
  local code = math.floor(ended.exitCode or 0)
  local headline = title .. (code == 0 and " keeps ending" or " crashes")
  if code == 137 then evidence[#evidence + 1] = "137 without OOMKilled: SIGKILL, which is no proof of a lack of memory" end
  if spec.command and (code == 126 or code == 127) then
    evidence[#evidence + 1] = "command " .. table.concat(spec.command, " ")
  end
  local back_off = context.index:event(pod, { BackOff = true }, "restarting failed container")
  local initialized = is_plain_init and objects.condition(pod, "Initialized")
  if initialized and initialized.message then evidence[#evidence + 1] = initialized.message end
  context:report {
    class = is_plain_init and "init-container" or "container-crash",
    id = is_plain_init and "C07" or (status.state or {}).running and "C12" or "C08",
    on = pod, container = spec.name, settling = settling, severity = is_helm_test(pod) and "warning" or "error",
    message = ("%s, %s, %s"):format(headline, exits.describe(ended), restarts_text(status)),
    headline = headline, detail = ("exit %d, %s"):format(code, restarts_text(status)),
    evidence = evidence, suggestions = { containers.log_command(pod, spec, status), context.describe(pod) },
    since = back_off and back_off.first or containers.pod_since(pod), last = clock.parse(ended.finishedAt),
    log = log_of(spec, status),
    docs = is_plain_init and docs.init or docs.crash, fix = { kind = "rollback" },
  }
end

--- Whether a Job makes a new pod for this one: a failed pod of it is not yet a failure (W05).
local function is_retried_by_job(pod)
  local owner = objects.controller(pod)
  return owner ~= nil and owner.kind == "Job" and pod.spec.restartPolicy == "Never"
end

local function inspect(context, pod, spec, status, is_init)
  local state, ended = status.state or {}, containers.terminated(status)
  if is_init and not objects.is_sidecar(spec) and state.running then
    if not ended then return end
  end
  if not ended or not_a_crash[ended.reason] then return end
  if is_init and not objects.is_sidecar(spec) and state.terminated and state.terminated.exitCode == 0 then return end
  local crash = containers.crash_state(context, pod, spec, status, is_init)
  if ended.reason == "OOMKilled" then
    if crash == "crashing" or crash == "settling" and not state.running then
      report_memory(context, pod, spec, status, is_init, false)
    elseif state.running and context:age(clock.parse(ended.finishedAt)) < context.graces.oom_recovered then
      report_memory(context, pod, spec, status, is_init, true)
    end
    return
  end
  if crash and not containers.killed_by_probe(context, pod, spec, status) then
    report_crash(context, pod, spec, status, is_init, crash == "settling")
  end
end

return {
  name = "crash",
  reads = { "Pod", "Event" },
  classes = {
    { id = "C07", class = "init-container", grace = "as C08" },
    { id = "C08", class = "container-crash", grace = "a second restart, or 60 s after the first end" },
    { id = "C09", class = "oom-killed", grace = "none" },
    { id = "C12", class = "container-crash", grace = "3 restarts, the last within 10 min" },
  },
  detect = function(context)
    for _, pod in ipairs(context:suspects()) do
      local put_out = pod.status.phase == "Failed"
        and (pod.status.reason or objects.has_condition(pod, "DisruptionTarget"))
      if not put_out and not is_retried_by_job(pod) then
        objects.each_container(pod, function(spec, status, is_init) inspect(context, pod, spec, status, is_init) end)
      end
    end
  end,
}
