--- V01 to V03: a claim gets no volume, lost it, or cannot be resized.
local clock = require "diagnose.clock"
local events = require "diagnose.events"
local objects = require "diagnose.objects"
local references = require "diagnose.references"

local docs = "https://kubernetes.io/docs/concepts/storage/persistent-volumes/#binding"
local default_annotation = "storageclass.kubernetes.io/is-default-class"
local failure_reasons = { ProvisioningFailed = true, FailedBinding = true, VolumeMismatch = true, ClaimLost = true,
  ClaimMisbound = true }
local resize_errors = { ControllerResizeError = true, NodeResizeError = true, ModifyVolumeError = true }

local function default_classes(index)
  local found = {}
  for _, class in ipairs(index:all("StorageClass")) do
    local annotations = class.metadata.annotations or {}
    if annotations[default_annotation] == "true"
      or annotations["storageclass.beta.kubernetes.io/is-default-class"] == "true" then
      found[#found + 1] = class
    end
  end
  return found
end

--- Why no volume can come, from the classes alone; `fixed` when no waiting changes it.
local function class_cause(context, claim)
  local index, name = context.index, claim.spec.storageClassName
  if name and name ~= "" then
    if not index:readable("StorageClass") then return nil end
    local class = index:get("StorageClass", nil, name)
    if class then return nil, class end
    for _, volume in ipairs(index:all("PersistentVolume")) do
      if volume.spec.storageClassName == name and (volume.status or {}).phase == "Available" then return nil end
    end
    return { text = ("StorageClass %s does not exist"):format(name), fixed = true }
  end
  if name == "" then return { text = "storageClassName is empty: only a volume made by hand can be bound" } end
  local defaults = default_classes(index)
  if #defaults > 0 then return nil, defaults[1] end
  if index:readable("StorageClass") then
    return { text = "it names no storage class, and no class is the default", fixed = true }
  end
  return nil
end

local function waits_for_consumer(context, claim, class)
  if class and class.volumeBindingMode == "WaitForFirstConsumer" then return true end
  local event = context.index:event(claim, { WaitForFirstConsumer = true, WaitForPodScheduled = true })
  return event ~= nil and not context.index:event(claim, failure_reasons)
end

local function inspect_pending(context, claim)
  local cause, class = class_cause(context, claim)
  local users = references.claim_users(context, claim.metadata.namespace, claim.metadata.name)
  local failure = context.index:event(claim, failure_reasons)
  local waiting = waits_for_consumer(context, claim, class)
  local selected = (claim.metadata.annotations or {})["volume.kubernetes.io/selected-node"]
  -- WaitForFirstConsumer: without a pod on its way to a node there is nothing wrong with the claim
  if waiting and not failure and not (selected and #users > 0) then return end
  if waiting and not failure and class and not context.index:event(claim, { ExternalProvisioning = true }) then return end
  local provisioning = context.index:event(claim, { ExternalProvisioning = true, Provisioning = true })
  local shown = failure or provisioning
  local since = objects.created(claim)
  local evidence = objects.lines(failure and failure.message, cause and cause.text, shown and events.line(shown),
    "status.phase = Pending", "storageClassName " .. (claim.spec.storageClassName or "(none)"))
  for _, pod in ipairs(users) do
    if #evidence < 8 then evidence[#evidence + 1] = "used by pod " .. pod.metadata.name end
  end
  local defaults = default_classes(context.index)
  if not claim.spec.storageClassName and #defaults > 1 then
    evidence[#evidence + 1] = ("%d storage classes are the default"):format(#defaults)
  end
  local failing = cause and cause.fixed or failure and failure.count >= 2 or context:lasted(since, "claim_pending")
  context:report {
    class = "pvc-pending", id = "V01", on = claim, severity = #users > 0 and "error" or "warning", settling = not failing,
    message = "no volume for the claim: " .. (cause and cause.text or failure and failure.message
      or provisioning and provisioning.message or "nothing provisions it"),
    evidence = evidence, since = since, last = shown and shown.time, docs = docs,
    suggestions = { "kubectl get storageclass", context.describe(claim) },
  }
end

local function inspect_conditions(context, claim)
  for _, condition in ipairs((claim.status or {}).conditions or {}) do
    local since = clock.parse(condition.lastTransitionTime)
    local waits = condition.type == "FileSystemResizePending" and context:lasted(since, "rollout")
    if condition.status == "True" and (resize_errors[condition.type] or waits) then
      local event = context.index:event(claim, { VolumeResizeFailed = true, FileSystemResizeFailed = true })
      context:report {
        class = "pvc-pending", id = "V03", on = claim, severity = "warning",
        message = waits and "its file system grows only when its pod starts again" or "its volume cannot be changed: "
          .. condition.type,
        evidence = objects.lines(condition.message, ("condition %s = True"):format(condition.type),
          event and events.line(event)),
        suggestions = { context.describe(claim) }, since = since,
        docs = "https://kubernetes.io/docs/concepts/storage/persistent-volumes/#expanding-persistent-volumes-claims",
      }
    end
  end
end

local function inspect_volumes(context)
  for _, volume in ipairs(context.index:all("PersistentVolume")) do
    local status = volume.status or {}
    local claim = volume.spec.claimRef
    local mine = not context.index.namespace or claim and claim.namespace == context.index.namespace
    -- Released is what Retain leaves behind on purpose
    if status.phase == "Failed" and mine then
      context:report {
        class = "pvc-pending", id = "V02", on = volume, severity = "warning",
        message = "the volume has failed: " .. (status.message or status.reason or "?"),
        evidence = objects.lines("status.phase = Failed", status.reason, status.message),
        suggestions = { context.describe(volume) },
        since = clock.parse(status.lastPhaseTransitionTime), docs = docs,
      }
    end
  end
end

return {
  name = "claims",
  reads = { "PersistentVolumeClaim", "PersistentVolume", "StorageClass", "Event", "Pod" },
  classes = {
    { id = "V01", class = "pvc-pending", grace = "60 s; none where the class does not exist" },
    { id = "V02", class = "pvc-pending", grace = "none" },
    { id = "V03", class = "pvc-pending", grace = "none; 10 min for a pending file system" },
  },
  detect = function(context)
    for _, claim in ipairs(context.index:all("PersistentVolumeClaim")) do
      local phase = (claim.status or {}).phase
      if phase == "Pending" and not claim.metadata.deletionTimestamp then
        inspect_pending(context, claim)
      elseif phase == "Lost" then
        context:report {
          class = "pvc-pending", id = "V02", on = claim,
          message = ("its volume %s is gone"):format(claim.spec.volumeName or "?"),
          evidence = { "status.phase = Lost", "volumeName " .. (claim.spec.volumeName or "?") },
          suggestions = { "kubectl get pv " .. (claim.spec.volumeName or ""), context.describe(claim) }, docs = docs,
        }
      end
      inspect_conditions(context, claim)
    end
    inspect_volumes(context)
  end,
}
