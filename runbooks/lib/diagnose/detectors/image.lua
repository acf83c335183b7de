--- C01, C02: the image of a container cannot be had.
local clock = require "diagnose.clock"
local containers = require "diagnose.containers"
local events = require "diagnose.events"
local objects = require "diagnose.objects"

local pull_reasons = {
  ErrImagePull = true, ImagePullBackOff = true, RegistryUnavailable = true, SignatureValidationFailed = true,
}
local image_reasons = {
  InvalidImageName = true, ErrImageNeverPull = true, ImageInspectError = true, ImageVolumeMountFailed = true,
}

-- The first text that the pull error contains names the sub-class.
local pull_causes = {
  { "toomanyrequests", "the registry limits the rate of pulls" },
  { "rate limit", "the registry limits the rate of pulls" },
  { "429 too many", "the registry limits the rate of pulls" },
  { "no match for platform", "the image is not built for this node's platform" },
  { "no matching manifest", "the image is not built for this node's platform" },
  { "no space left", "the node's disk is full" },
  { "x509", "the registry's certificate is not trusted" },
  { "server gave http response", "the registry speaks http, not https" },
  { "tls:", "the TLS connection to the registry fails" },
  { "no such host", "the registry's name cannot be resolved" },
  { "pull access denied", "access denied, or the repository does not exist" },
  { "unauthorized", "the registry wants credentials" },
  { "authentication required", "the registry wants credentials" },
  { "denied", "the registry denies access" },
  { "403 forbidden", "the registry denies access" },
  { "manifest unknown", "the tag does not exist" },
  { "not found", "the image or tag does not exist" },
  { "i/o timeout", "the registry does not answer" },
  { "connection refused", "the registry refuses the connection" },
  { "deadline exceeded", "the registry does not answer in time" },
}

local function cause_in(text)
  local lower = text:lower()
  for _, cause in ipairs(pull_causes) do
    if lower:find(cause[1], 1, true) then return cause[2] end
  end
  return nil
end

--- The pull secrets that the pod or its service account names and that do not exist.
local function missing_pull_secrets(index, pod)
  if not index:readable("Secret") then return {} end
  local account = index:get("ServiceAccount", pod.metadata.namespace, pod.spec.serviceAccountName or "default")
  local missing = {}
  for _, source in ipairs { pod.spec, account or {} } do
    for _, reference in ipairs(source.imagePullSecrets or {}) do
      if not index:get("Secret", pod.metadata.namespace, reference.name) then missing[#missing + 1] = reference.name end
    end
  end
  return missing
end

local function pull_error(context, pod, spec, message)
  if cause_in(message) then return message end
  for _, event in ipairs(context.index:events(pod)) do
    if event.reason == "Failed" and event.message:find("^Failed to pull image") and
      (not event.container or event.container == spec.name) then
      return event.message, event
    end
  end
  return message
end

local function report_pull(context, pod, spec, waiting)
  local text, event = pull_error(context, pod, spec, waiting.message or "")
  local since = containers.pod_since(pod)
  local why = cause_in(text)
  local failed = event or context.index:event(pod, { Failed = true, BackOff = true })
  local recurred = failed and failed.count > 1
  local evidence = { "image " .. spec.image, ("state.waiting.reason = %s"):format(waiting.reason) }
  if text ~= "" then evidence[#evidence + 1] = text end
  local suggestions = { "docker manifest inspect " .. spec.image }
  for _, name in ipairs(missing_pull_secrets(context.index, pod)) do
    evidence[#evidence + 1] = ("imagePullSecrets names %s, which does not exist"):format(name)
    table.insert(suggestions, 1, ("kubectl create secret docker-registry %s -n %s …"):format(name, pod.metadata.namespace))
  end
  suggestions[#suggestions + 1] = context.describe(pod)
  context:report {
    class = "image-pull", id = "C01", on = pod, container = spec.name,
    message = ("image %s cannot be pulled%s"):format(spec.image, why and ": " .. why or ""),
    settling = not recurred and not (why and waiting.reason == "ImagePullBackOff")
      and not context:lasted(since, "image_failed"),
    evidence = evidence, suggestions = suggestions, since = since, last = failed and failed.time,
    docs = "https://kubernetes.io/docs/concepts/containers/images/", fix = { kind = "image-load", image = spec.image },
  }
end

local function report_image(context, pod, spec, waiting)
  local never = waiting.reason == "ErrImageNeverPull"
  local invalid = waiting.reason == "InvalidImageName"
  local reason = never and "is not on the node, and imagePullPolicy is Never"
    or invalid and "is not a valid image name" or "cannot be used: " .. waiting.reason
  local node = pod.spec.nodeName
  local suggestions = { context.describe(pod) }
  if never then table.insert(suggestions, 1, "minikube image load " .. spec.image) end
  local evidence = objects.lines("image " .. spec.image, "state.waiting.reason = " .. waiting.reason, waiting.message)
  if never then evidence[#evidence + 1] = ("imagePullPolicy Never on node %s"):format(node or "?") end
  local event = context.index:event(pod, { InspectFailed = true, ErrImageNeverPull = true, Failed = true })
  context:report {
    class = "image-pull", id = "C02", on = pod, container = spec.name,
    message = ("image %s %s"):format(spec.image, reason), evidence = evidence, suggestions = suggestions,
    since = containers.pod_since(pod), last = event and event.time,
    docs = "https://kubernetes.io/docs/concepts/containers/images/#image-pull-policy",
    fix = never and { kind = "image-load", image = spec.image } or nil,
  }
end

--- A pull that the kubelet has begun and not ended in half an hour.
local function report_slow_pull(context, pod, spec)
  local pulling, last_line = nil, nil
  for _, event in ipairs(context.index:events(pod)) do
    if not event.container or event.container == spec.name then
      if event.reason == "Pulled" then return end
      if event.reason == "Pulling" then
        pulling, last_line = event, events.line(event)
        break
      end
    end
  end
  if not pulling then return end
  context:report {
    class = "image-pull", id = "C01", on = pod, severity = "warning", soft = true,
    settling = not context:lasted(pulling.time, "image_pulling"),
    message = ("image %s has been pulled for %s"):format(spec.image, clock.duration(context:age(pulling.time))),
    evidence = { "image " .. spec.image, last_line }, suggestions = { context.describe(pod) }, since = pulling.time,
    docs = "https://kubernetes.io/docs/concepts/containers/images/",
  }
end

return {
  name = "image",
  reads = { "Pod", "Event", "Secret", "ServiceAccount" },
  classes = {
    { id = "C01", class = "image-pull", grace = "20 s, or a second failure" },
    { id = "C02", class = "image-pull", grace = "none: no waiting brings the image" },
  },
  detect = function(context)
    for _, pod in ipairs(context:suspects()) do
      objects.each_container(pod, function(spec, status)
        local waiting = (status.state or {}).waiting
        if not waiting then return end
        if pull_reasons[waiting.reason] then
          report_pull(context, pod, spec, waiting)
        elseif image_reasons[waiting.reason] then
          report_image(context, pod, spec, waiting)
        elseif waiting.reason == "ContainerCreating" then
          report_slow_pull(context, pod, spec)
        end
      end)
    end
  end,
}
