--- F02, F03: a volume cannot be attached to the node or mounted into the pod.
local containers = require "diagnose.containers"
local events = require "diagnose.events"
local references = require "diagnose.references"

local failed_reasons = {
  FailedMount = "F02", FailedMapVolume = "F02", FailedMountOnFilesystemMismatch = "F02", FailedAttachVolume = "F03",
}
local progress_reasons = {
  SuccessfulMountVolume = true, SuccessfulAttachVolume = true, Pulled = true, Pulling = true, Created = true,
  Started = true,
}

local function has_started(pod)
  for _, list in ipairs { pod.status.initContainerStatuses or {}, pod.status.containerStatuses or {} } do
    for _, status in ipairs(list) do
      local state = status.state or {}
      if state.running or state.terminated then return true end
      local reason = state.waiting and state.waiting.reason
      if reason and reason ~= "ContainerCreating" and reason ~= "PodInitializing" then return true end
    end
  end
  return false
end

--- The newest failure of a volume of this pod, unless something after it worked.
local function newest_failure(context, pod)
  local failure
  for _, event in ipairs(context.index:events(pod)) do
    if failed_reasons[event.reason] then
      -- "timed out waiting" only repeats what the event before it says
      local vague = event.message:find("Unable to attach or mount volumes", 1, true)
      if not failure or failure.vague and not vague then failure = { event = event, vague = vague } end
    elseif progress_reasons[event.reason] and not failure then
      return nil
    end
  end
  return failure and failure.event
end

local function holders(context, pod)
  local lines = {}
  for _, volume in ipairs(pod.spec.volumes or {}) do
    local name = (volume.persistentVolumeClaim or {}).claimName
    for _, other in ipairs(name and references.claim_users(context, pod.metadata.namespace, name) or {}) do
      if other ~= pod and other.spec.nodeName and other.spec.nodeName ~= pod.spec.nodeName then
        lines[#lines + 1] = ("claim %s is still used by pod %s on node %s"):format(name, other.metadata.name,
          other.spec.nodeName)
      end
    end
  end
  return lines
end

local function attach_errors(context, pod)
  local lines = {}
  for _, volume in ipairs(pod.spec.volumes or {}) do
    local name = (volume.persistentVolumeClaim or {}).claimName
    local claim = name and context.index:get("PersistentVolumeClaim", pod.metadata.namespace, name)
    local volume_name = claim and claim.spec.volumeName
    for _, attachment in ipairs(volume_name and context.index:all("VolumeAttachment") or {}) do
      if (attachment.spec.source or {}).persistentVolumeName == volume_name then
        local status = attachment.status or {}
        for _, field in ipairs { "attachError", "detachError" } do
          local message = (status[field] or {}).message
          if message then
            lines[#lines + 1] = ("VolumeAttachment %s, %s: %s"):format(attachment.metadata.name, field, message)
          end
        end
      end
    end
  end
  return lines
end

local function message_for(event, volume)
  local text = event.message:match("SetUp failed for volume \".-\" : (.*)")
    or event.message:match("AttachVolume.Attach failed for volume \".-\" : (.*)")
    or event.message
  local what = event.reason == "FailedAttachVolume" and "attached" or "mounted"
  if #text > 220 then text = text:sub(1, 217) .. "..." end
  return ("volume %scannot be %s: %s"):format(volume and volume .. " " or "", what, text)
end

local function inspect(context, pod)
  local event = newest_failure(context, pod)
  local attach = attach_errors(context, pod)
  if not event and #attach == 0 then return end
  local transient = event and event.message:find("failed to sync", 1, true)
  local since = event and event.first or containers.pod_since(pod)
  local failing = (event and event.count >= 3 and not transient) or context:lasted(since, "mount") or #attach > 0
  local evidence = event and { event.message, events.line(event) } or {}
  for _, list in ipairs { attach, holders(context, pod) } do
    for _, line in ipairs(list) do evidence[#evidence + 1] = line end
  end
  local volume = event and event.message:match('volume "([^"]+)"')
  local claims = {}
  for _, entry in ipairs(pod.spec.volumes or {}) do
    local claim = context.index:get("PersistentVolumeClaim", pod.metadata.namespace,
      (entry.persistentVolumeClaim or {}).claimName or "")
    if claim then claims[#claims + 1] = claim end
  end
  claims[#claims + 1] = context.index:get("Node", nil, pod.spec.nodeName)
  context:report {
    class = "volume-mount", id = event and failed_reasons[event.reason] or "F03", on = pod, settling = not failing,
    message = event and message_for(event, volume) or "a volume cannot be attached: " .. attach[1],
    evidence = evidence, since = since, last = event and event.time, needs = claims,
    suggestions = { context.describe(pod), "kubectl get volumeattachments" },
    docs = "https://kubernetes.io/docs/concepts/storage/persistent-volumes/",
  }
end

return {
  name = "volumes",
  reads = { "Pod", "Event", "PersistentVolumeClaim", "VolumeAttachment" },
  classes = {
    { id = "F02", class = "volume-mount", grace = "90 s or three tries, and nothing worked since" },
    { id = "F03", class = "volume-mount", grace = "90 s or three tries" },
  },
  detect = function(context)
    for _, pod in ipairs(context:suspects()) do
      if pod.spec.nodeName and not has_started(pod) then inspect(context, pod) end
    end
  end,
}
