--- W02: workloads whose pods the API server refuses to create. No pod exists, so nothing but the
-- ReplicaFailure condition and the FailedCreate event tells.
local clock = require "diagnose.clock"
local events = require "diagnose.events"
local objects = require "diagnose.objects"

local creation = {}

-- What the refusal's text says, the most telling first. `fixed` texts do not pass by waiting.
local refusals = {
  { "exceeded quota", class = "quota", id = "Q01", fixed = true },
  { "failed quota", class = "quota", id = "Q01", fixed = true },
  { "violates PodSecurity", class = "admission", id = "W02", fixed = true },
  { "failed calling webhook", class = "admission", id = "A01" },
  { "denied the request", class = "admission", id = "W02", fixed = true },
  { "error looking up service account", class = "missing-config", id = "F01", fixed = true },
  { "usage per Container", class = "quota", id = "Q02", fixed = true },
  { "usage per Pod", class = "quota", id = "Q02", fixed = true },
  { "limit to request ratio", class = "quota", id = "Q02", fixed = true },
  { "usage per PersistentVolumeClaim", class = "quota", id = "Q02", fixed = true },
  { "is forbidden", class = "admission", id = "W02", fixed = true },
  { "is invalid", class = "admission", id = "W02", fixed = true },
  { "admission webhook", class = "admission", id = "W02" },
}

local function refusal_in(text)
  for _, refusal in ipairs(refusals) do
    if text:find(refusal[1], 1, true) then return refusal end
  end
  return { class = "rollout-stuck", id = "W02" }
end

--- The part of the text that says why, without the chain of wrapping errors.
local function short_message(text)
  local reason = text:match("exceeded quota: .*") or text:match("failed quota: .*") or text:match("violates PodSecurity .*")
    or text:match('admission webhook ".-" denied the request.*') or text:match('failed calling webhook .*')
    or text:match("error looking up service account .*") or text:match(" is forbidden: (.*)") or text
  return #reason > 240 and reason:sub(1, 237) .. "..." or reason
end

--- How many pods a workload lacks: wanted minus made; nil where that cannot be told.
local function lacking(object)
  local status, spec = object.status or {}, object.spec or {}
  if object.kind == "DaemonSet" then
    return (status.desiredNumberScheduled or 0) - (status.currentNumberScheduled or 0)
  end
  if object.kind == "Job" then
    if spec.suspend or status.completionTime then return 0 end
    return (status.active or 0) + (status.succeeded or 0) + (status.failed or 0) == 0 and 1 or 0
  end
  if object.kind == "CronJob" then return #(status.active or {}) == 0 and 1 or 0 end
  return objects.wanted(object) - (status.replicas or 0)
end

local function inspect(context, object)
  local failure = objects.condition(object, "ReplicaFailure")
  if failure and failure.status ~= "True" then failure = nil end
  local event = context.index:event(object, { FailedCreate = true, FailedDaemonPod = true })
  if not failure and not event then return nil end
  if failure and failure.reason == "FailedDelete" then return nil end
  -- an unfulfilled count is what makes an old refusal a present one
  if not failure and lacking(object) <= 0 then return nil end
  if event and not failure then
    local made = context.index:event(object, { SuccessfulCreate = true })
    if made and made.time > event.time then return nil end
  end
  local text = failure and failure.message or event.message
  local refusal = refusal_in(text)
  local since = clock.earliest(event and event.first, failure and clock.parse(failure.lastTransitionTime))
  local evidence = { text }
  if failure then
    evidence[#evidence + 1] = ("%s: condition ReplicaFailure = True, reason %s"):format(objects.title(object),
      failure.reason or "?")
  end
  if event then evidence[#evidence + 1] = events.line(event) end
  local wanted = (object.spec or {}).replicas
  if wanted then
    evidence[#evidence + 1] = ("%s: %d of %d pods exist"):format(objects.title(object), (object.status or {}).replicas or 0,
      wanted)
  end
  local account = text:match('serviceaccount "([^"]+)" not found')
  return {
    object = object, class = refusal.class, id = refusal.id, text = text, evidence = evidence, since = since,
    last = event and event.time,
    quota = text:match("quota: ([^,:%s]+)"), webhook = text:match('webhook "([^"]+)"'),
    message = account and ("ServiceAccount %s does not exist, so no pod can be made"):format(account)
      or "pods cannot be created: " .. short_message(text),
    command = account and ("kubectl create serviceaccount %s -n %s"):format(account, object.metadata.namespace) or nil,
    settling = not refusal.fixed and not (event and event.count >= 3) and not context:lasted(since, "create_failed"),
  }
end

--- The workloads that lack pods because their creation is refused, each `{ object, class, id, message, evidence, … }`.
function creation.blocked(context)
  if context.blocked_workloads then return context.blocked_workloads end
  local list = {}
  for _, kind in ipairs { "ReplicaSet", "Deployment", "StatefulSet", "DaemonSet", "Job", "CronJob",
    "ReplicationController" } do
    for _, object in ipairs(context.index:all(kind)) do
      if not context.index.superseded[object] and not object.metadata.deletionTimestamp then
        local blocked = inspect(context, object)
        if blocked then list[#list + 1] = blocked end
      end
    end
  end
  context.blocked_workloads = list
  return list
end

return creation
