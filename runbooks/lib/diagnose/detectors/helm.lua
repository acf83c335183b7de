--- W08: a helm release that is stuck half-way, or whose newest revision failed.
local objects = require "diagnose.objects"

local docs = "https://helm.sh/docs/helm/helm_rollback/"
local release_annotation = "meta.helm.sh/release-name"

--- The newest revision of each release, read from the labels of the Secrets that helm keeps.
local function newest_revisions(context)
  local newest = {}
  for _, kind in ipairs { "Secret", "ConfigMap" } do
    for _, object in ipairs(context.index:all(kind)) do
      local labels = object.metadata.labels or {}
      if (labels.owner == "helm" or labels.OWNER == "TILLER") and labels.name then
        local key = objects.key(object.metadata.namespace, labels.name)
        local version = tonumber(labels.version) or 0
        local current = newest[key]
        if not current or version > current.version then
          newest[key] = { object = object, version = version, name = labels.name, status = (labels.status or ""):lower(),
            labels = labels }
        end
      end
    end
  end
  return newest
end

--- The workloads that a release made.
local function workloads_of(context, namespace, release)
  local list = {}
  for _, kind in ipairs { "Deployment", "StatefulSet", "DaemonSet", "Job", "CronJob" } do
    for _, object in ipairs(context.index:all(kind)) do
      local metadata = object.metadata
      local owner = (metadata.annotations or {})[release_annotation]
        or (metadata.labels or {})["app.kubernetes.io/managed-by"] == "Helm"
          and (metadata.labels or {})["app.kubernetes.io/instance"]
      if owner == release and metadata.namespace == namespace then list[#list + 1] = object end
    end
  end
  return list
end

--- Whether a workload is still on its way to what it should be.
local function is_moving(object)
  local status = object.status or {}
  if object.kind == "Job" then
    return not objects.has_condition(object, "Complete") and not objects.has_condition(object, "Failed")
  end
  if object.kind == "DaemonSet" then return (status.numberReady or 0) < (status.desiredNumberScheduled or 0) end
  if object.kind == "CronJob" then return false end
  return (status.readyReplicas or 0) < objects.wanted(object) or (status.observedGeneration or 0) < (object.metadata.generation or 0)
end

--- Whether something of a release still moves, so that the helm that made it may be waiting for it.
local function is_in_motion(context, namespace, release)
  for _, object in ipairs(workloads_of(context, namespace, release)) do
    if is_moving(object) then return true end
  end
  return false
end

local function inspect(context, revision)
  local pending = revision.status:find("^pending") or revision.status == "uninstalling"
  if not pending and revision.status ~= "failed" then return end
  local namespace = revision.object.metadata.namespace
  local since = tonumber(revision.labels.modifiedAt) or objects.created(revision.object)
  local grace = is_in_motion(context, namespace, revision.name) and "helm_pending" or "helm_silent"
  local release = { kind = "Release", metadata = { name = revision.name, namespace = namespace } }
  local history = ("helm history %s -n %s"):format(revision.name, namespace)
  context:report {
    class = "helm-pending", id = "W08", on = release, since = since, severity = pending and "error" or "warning",
    settling = pending and not context:lasted(since, grace),
    message = pending and ("revision %d is %s: another operation is in progress, or was killed"):format(revision.version,
      revision.status)
      or ("revision %d failed"):format(revision.version),
    evidence = { ("secret %s, label status = %s"):format(revision.object.metadata.name, revision.status),
      "revision " .. revision.version },
    suggestions = { pending and revision.version > 1
      and ("helm rollback %s %d -n %s"):format(revision.name, revision.version - 1, namespace) or history, history },
    needs = not pending and workloads_of(context, namespace, revision.name) or {}, docs = docs,
    -- a younger operation may still be carried on somewhere: helm.recover refuses it
    fix = (not pending or context:age(since) >= context.graces.helm_pending)
      and { kind = "helm-recover", release = revision.name } or nil,
  }
end

return {
  name = "helm",
  reads = { "Secret", "ConfigMap", "Deployment", "StatefulSet", "DaemonSet" },
  classes = { { id = "W08", class = "helm-pending", grace = "60 s; 10 min while a workload of the release is not ready" } },
  detect = function(context)
    local revisions = {}
    for _, revision in pairs(newest_revisions(context)) do revisions[#revisions + 1] = revision end
    table.sort(revisions, function(a, b) return a.name < b.name end)
    for _, revision in ipairs(revisions) do inspect(context, revision) end
  end,
}
