--- C11, P01 to P05: a probe ends a container, or keeps a running one from being ready.
local clock = require "diagnose.clock"
local containers = require "diagnose.containers"
local events = require "diagnose.events"
local exits = require "diagnose.exits"
local objects = require "diagnose.objects"

local docs = "https://kubernetes.io/docs/tasks/configure-pod-container/configure-liveness-readiness-startup-probes/"

--- The probe in words: `httpGet /health on port 8000, every 2 s, 2 failures, timeout 1 s`.
local function describe(probe)
  local what
  if probe.httpGet then
    what = ("httpGet %s on port %s"):format(probe.httpGet.path or "/", objects.port(probe.httpGet.port))
  elseif probe.tcpSocket then
    what = "tcpSocket on port " .. objects.port(probe.tcpSocket.port)
  elseif probe.grpc then
    what = "grpc on port " .. objects.port(probe.grpc.port)
  else
    what = "exec " .. table.concat((probe.exec or {}).command or {}, " ")
  end
  return ("%s, every %d s, %d failures, timeout %d s"):format(what, probe.periodSeconds or 10, probe.failureThreshold or 3,
    probe.timeoutSeconds or 1)
end

--- Seconds that the probe's own settings allow before it counts as failed.
local function allowance(probe)
  return (probe.initialDelaySeconds or 0) + (probe.periodSeconds or 10) * (probe.failureThreshold or 3)
end

--- A remark where the probed port is none that the container declares, or nil.
local function port_remark(spec, probe)
  local port = (probe.httpGet or probe.tcpSocket or probe.grpc or {}).port
  if not port or not spec.ports or #spec.ports == 0 then return nil end
  local declared = {}
  for _, entry in ipairs(spec.ports) do
    if entry.name == port or entry.containerPort == port then return nil end
    declared[#declared + 1] = objects.port(entry.containerPort)
  end
  return ("the probe asks port %s, the container declares %s"):format(objects.port(port), table.concat(declared, ", "))
end

local function reason_of(event)
  return event.message:match("probe failed: (.*)") or event.message:match("probe errored:? ?(.*)") or event.message
end

local function report_kill(context, pod, spec, status, event, kind, settling)
  local probe = spec[kind .. "Probe"] or {}
  local unhealthy = containers.unhealthy(context, pod, spec.name, kind:sub(1, 1):upper() .. kind:sub(2))
  local ended = containers.terminated(status)
  local evidence = { ("%sProbe: %s"):format(kind, describe(probe)), event.supposed and event.message or events.line(event) }
  if unhealthy and unhealthy ~= event then evidence[#evidence + 1] = events.line(unhealthy) end
  if ended then evidence[#evidence + 1] = ("%s, %d restarts"):format(exits.describe(ended), status.restartCount or 0) end
  evidence[#evidence + 1] = port_remark(spec, probe)
  context:report {
    class = "probe-failing", id = kind == "startup" and "P03" or "P02", on = pod, container = spec.name,
    settling = settling,
    message = ("container %s is restarted by its %s probe%s"):format(spec.name, kind,
      unhealthy and ": " .. reason_of(unhealthy) or ""),
    evidence = evidence, since = containers.pod_since(pod), last = event.time, docs = docs,
    suggestions = { containers.log_command(pod, spec, status), context.describe(pod) },
    log = { container = spec.name, state = (status.state or {}).running and "running" or "ended" },
    fix = { kind = "rollback" }, confidence = event.supposed and "medium" or "high",
  }
end

--- A probe that has just failed, though it has not ended the container yet: a deployment that waits may give up before.
local function inspect_first_failure(context, pod, spec)
  local event = spec.livenessProbe and containers.unhealthy(context, pod, spec.name, "Liveness")
  if not event or context.recorded or context:age(event.time) >= context.graces.first_crash then return end
  context:report {
    class = "probe-failing", id = "P02", on = pod, container = spec.name, settling = true, soft = true,
    message = ("container %s runs but its liveness probe fails: %s"):format(spec.name, reason_of(event)),
    evidence = { "livenessProbe: " .. describe(spec.livenessProbe), events.line(event) },
    suggestions = { context.describe(pod) }, since = event.first, last = event.time, docs = docs,
  }
end

--- A container that a probe ends again and again. Returns whether it is one.
local function inspect_kills(context, pod, spec, status)
  if (status.restartCount or 0) == 0 then
    inspect_first_failure(context, pod, spec)
    return false
  end
  local event, kind = containers.killed_by_probe(context, pod, spec, status)
  if not event then return false end
  local crash = containers.crash_state(context, pod, spec, status, false)
  local recurs = ((status.restartCount or 0) >= 2 or event.count >= 2)
    and context:age(event.time) < context.graces.crash_window
  if crash ~= "crashing" and not recurs then
    local fresh = not context.recorded and context:age(event.time) < context.graces.first_crash
    if fresh then report_kill(context, pod, spec, status, event, kind, true) end
    return fresh
  end
  report_kill(context, pod, spec, status, event, kind)
  return true
end

local function unready_since(context, pod, status)
  local started = clock.parse(status.state.running.startedAt)
  if context.recorded then return started end
  local ready = objects.condition(pod, "Ready")
  return clock.latest(started, ready and ready.status == "False" and clock.parse(ready.lastTransitionTime) or nil)
end

--- A running container that is not ready: its readiness probe fails, or its startup probe has not succeeded.
local function inspect_readiness(context, pod, spec, status)
  if not (status.state or {}).running or status.ready ~= false then return end
  local starting = spec.startupProbe and status.started == false
  local kind = starting and "startup" or "readiness"
  local probe = spec[kind .. "Probe"]
  if not probe then return end
  local since = unready_since(context, pod, status)
  local unhealthy = containers.unhealthy(context, pod, spec.name, starting and "Startup" or "Readiness")
  if unhealthy and since and unhealthy.time < since - 1 and not starting then unhealthy = nil end
  local threshold = probe.failureThreshold or 3
  local allowed = allowance(probe) + context.graces.probe_extra
  local recurred = not starting and unhealthy and unhealthy.count >= math.max(6, 5 * threshold)
  local failing = recurred or starting and (status.restartCount or 0) >= 1 or context:held(since) >= math.max(60, allowed)
  local condition = objects.condition(pod, "Ready") or {}
  local evidence = { ("%sProbe: %s"):format(kind, describe(probe)) }
  if unhealthy then evidence[#evidence + 1] = events.line(unhealthy) end
  evidence[#evidence + 1] = port_remark(spec, probe)
  evidence[#evidence + 1] = ("container %s runs and is not ready: %s"):format(spec.name,
    condition.message or condition.reason or "")
  if since then evidence[#evidence + 1] = "not ready since " .. context:when(since) end
  context:report {
    class = "probe-failing", id = starting and "P03" or "P01", on = pod, container = spec.name, soft = true,
    settling = not failing,
    message = ("container %s runs but its %s probe fails%s"):format(spec.name, kind,
      unhealthy and ": " .. reason_of(unhealthy) or ""),
    evidence = evidence, since = since, last = unhealthy and unhealthy.time, docs = docs,
    needs = { context.index:get("Node", nil, pod.spec.nodeName) },
    suggestions = { containers.log_command(pod, spec, status), context.describe(pod) },
    log = { container = spec.name, state = "current" }, fix = { kind = "rollback" },
    confidence = unhealthy and "high" or "medium",
  }
end

local function inspect_gates(context, pod)
  local containers_ready = objects.condition(pod, "ContainersReady")
  if not containers_ready or containers_ready.status ~= "True" then return end
  for _, gate in ipairs(pod.spec.readinessGates or {}) do
    local condition = objects.condition(pod, gate.conditionType)
    if not condition or condition.status ~= "True" then
      local since = clock.parse(containers_ready.lastTransitionTime)
      local ready = objects.condition(pod, "Ready") or {}
      context:report {
        class = "probe-failing", id = "P04", on = pod, settling = not context:lasted(since, "gate"),
        message = ("the readiness gate %s is not met"):format(gate.conditionType),
        evidence = {
          ("condition %s is %s"):format(gate.conditionType, condition and condition.status or "missing"),
          ready.reason and ("Ready: %s, %s"):format(ready.reason, ready.message or "") or "all containers are ready",
        },
        suggestions = { context.describe(pod),
          "look at the controller that sets this condition, often of a load balancer" },
        since = since, docs = "https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#pod-readiness-gate",
      }
    end
  end
end

--- P05: warnings of probes that pass, said once for each owner while they recur.
local function inspect_warnings(context)
  for _, event in ipairs(context.index:events_with("ProbeWarning")) do
    local pod = event.kind == "Pod" and context.index:get("Pod", event.namespace, event.name)
    if pod and event.count >= 3 and context:age(event.time) < context.graces.node_event then
      context:report {
        class = "probe-failing", id = "P05", on = pod, severity = "info", soft = true,
        message = "a probe passes with a warning: " .. event.message,
        evidence = { events.line(event) }, suggestions = { context.describe(pod) }, since = event.first, last = event.time,
        docs = docs,
      }
    end
  end
end

return {
  name = "probes",
  reads = { "Pod", "Event", "Node" },
  classes = {
    { id = "P01", class = "probe-failing", grace = "the probe's own allowance, at least 60 s, or many failures" },
    { id = "P02", class = "probe-failing", grace = "two restarts" },
    { id = "P03", class = "probe-failing", grace = "the probe's own allowance" },
    { id = "P04", class = "probe-failing", grace = "5 min" },
    { id = "P05", class = "probe-failing", grace = "three warnings" },
  },
  detect = function(context)
    for _, pod in ipairs(context:suspects()) do
      if pod.status.phase == "Running" then
        objects.each_container(pod, function(spec, status, is_init)
          if is_init and not objects.is_sidecar(spec) then return end
          if not inspect_kills(context, pod, spec, status) then inspect_readiness(context, pod, spec, status) end
        end)
        inspect_gates(context, pod)
      end
    end
    inspect_warnings(context)
  end,
}
