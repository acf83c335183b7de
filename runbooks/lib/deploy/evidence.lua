--- What the cluster tells about which revisions were healthy.
local preview = require "deploy.preview"
local revisions = require "deploy.revisions"

local evidence = {}

local WORKLOADS = { Deployment = true, StatefulSet = true, DaemonSet = true }

-- Reasons of warning events that say that pods of a ReplicaSet could not run.
local BAD_EVENTS = {
  BackOff = true, Failed = true, FailedCreate = true, FailedMount = true, FailedScheduling = true, ErrImagePull = true,
}

local function of_kind(objects, kinds)
  local found = {}
  for _, object in preview.each(objects) do
    if kinds[object.kind] then found[#found + 1] = object end
  end
  return found
end

--- The workloads among the objects of a release: { "deployment/backend", … }.
function evidence.workloads(objects)
  local names = {}
  for _, object in ipairs(of_kind(objects, WORKLOADS)) do
    names[#names + 1] = object.kind:lower() .. "/" .. object.metadata.name
  end
  return names
end

--- The release that an object belongs to, or nil.
function evidence.helm_owner(object)
  if not preview.knows(object) then return nil end
  return (object.metadata.annotations or {})["meta.helm.sh/release-name"]
end

local function owned_by(objects, owner)
  local found = {}
  for _, object in ipairs(objects) do
    for _, reference in ipairs(object.metadata.ownerReferences or {}) do
      if reference.uid == owner.metadata.uid then found[#found + 1] = object end
    end
  end
  return found
end

--- Revisions of a release that helm calls deployed, and that the pods say are bad: { [revision] = reason }.
---
--- Helm notes what it was told to do, not whether pods ran: a release that was upgraded without waiting is "deployed".
--- A revision is condemned when a workload of it has the pod template of a ReplicaSet whose pods are not ready now.
function evidence.condemned(namespace, release, history)
  local replicasets = kubectl.list { resource = "replicasets", namespace = namespace }
  if not preview.knows(replicasets) or not preview.knows(history) then return {} end
  local broken = {}
  for _, replicaset in ipairs(replicasets) do
    local wanted = (replicaset.spec or {}).replicas or 0
    local ready = (replicaset.status or {}).readyReplicas or 0
    local owner = ((replicaset.metadata.ownerReferences or {})[1] or {}).name
    if wanted > 0 and ready == 0 and owner then broken[#broken + 1] = { owner = owner, set = replicaset } end
  end
  local condemned = {}
  if #broken == 0 then return condemned end
  for _, entry in ipairs(history) do
    if entry.status == "deployed" or entry.status == "superseded" then
      local objects = helm.get_manifest {
        release = release, namespace = namespace, revision = entry.revision, objects = true,
      }
      for _, deployment in ipairs(of_kind(objects, { Deployment = true })) do
        for _, bad in ipairs(broken) do
          if bad.owner == deployment.metadata.name
            and revisions.same_template(deployment.spec.template.spec, bad.set.spec.template.spec) then
            condemned[entry.revision] =
              ("the pods of deployment/%s of revision %d are not ready"):format(bad.owner, entry.revision)
          end
        end
      end
    end
  end
  return condemned
end

--- The ReplicaSets of a Deployment, and what events say against them: { [name of the ReplicaSet] = reason }.
function evidence.of_deployment(namespace, deployment)
  local all = kubectl.list { resource = "replicasets", namespace = namespace }
  if not preview.knows(all) or not preview.knows(deployment) then return all, {} end
  local replicasets = owned_by(all, deployment)
  local complaints = {}
  for _, event in preview.each(kubectl.list { resource = "events", namespace = namespace }) do
    local about = event.involvedObject or {}
    for _, replicaset in ipairs(replicasets) do
      local name = replicaset.metadata.name
      local is_its_own = about.kind == "ReplicaSet" and about.name == name
      local is_its_pod = about.kind == "Pod" and (about.name or ""):sub(1, #name + 1) == name .. "-"
      if event.type == "Warning" and BAD_EVENTS[event.reason] and (is_its_own or is_its_pod) then
        complaints[name] = complaints[name] or ("%s: %s"):format(event.reason, event.message or "")
      end
    end
  end
  return replicasets, complaints
end

return evidence
