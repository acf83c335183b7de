--- Going back: a helm release to a healthy revision, or a Deployment that helm does not own.
local evidence = require "deploy.evidence"
local preview = require "deploy.preview"
local revisions = require "deploy.revisions"

local rollback = {}

--- The candidate that was asked for, or the newest. Refuses one that is bad, or that is not there.
local function choose(wanted, current, candidates, bad, what)
  if not preview.knows(candidates) then return { revision = wanted } end
  local numbers = {}
  for _, entry in ipairs(candidates) do numbers[#numbers + 1] = tostring(entry.revision) end
  local remedy = #numbers > 0 and ("revisions that can be gone back to: " .. table.concat(numbers, ", "))
    or "deploy a version that works instead"
  if not wanted then
    if candidates[1] then return candidates[1] end
    fail { message = ("%s has no earlier revision that was healthy"):format(what), remedy = remedy }
  end
  for _, entry in ipairs(candidates) do
    if entry.revision == wanted then return entry end
  end
  for _, entry in ipairs(bad) do
    if entry.revision == wanted then fail { message = entry.reason, remedy = remedy } end
  end
  if wanted == current.revision then
    fail { message = ("revision %d is the current one"):format(wanted), remedy = remedy }
  end
  fail { message = ("%s has no revision %d"):format(what, wanted), remedy = remedy }
end

--- The history as a person reads it, with the verdict on each revision.
local function show(history, chosen, bad)
  if not preview.knows(history) then return end
  local reasons, rows = {}, {}
  for _, entry in ipairs(bad) do reasons[entry.revision] = entry.reason end
  for index = #history, 1, -1 do
    local entry = history[index]
    local verdict = reasons[entry.revision] or (entry.revision == chosen.revision and "going back to this one") or ""
    rows[#rows + 1] = { entry.revision, entry.status, entry.chart, entry.description, verdict }
  end
  local lines = text.table(rows, { header = { "REVISION", "STATUS", "CHART", "DESCRIPTION", "VERDICT" } })
  for line in lines:gmatch("[^\n]+") do log.info(line) end
end

--- Takes a release back and waits until what it made serves.
function rollback.release(namespace, release, wanted, timeout)
  local what = "release " .. release
  local current, chosen = step("Choose the revision", function()
    local history = helm.history { release = release, namespace = namespace }
    local condemned = evidence.condemned(namespace, release, history)
    local current, candidates, bad = revisions.of_release(history, condemned)
    local chosen = choose(wanted, current, candidates, bad, what)
    show(history, chosen, bad)
    return current, chosen
  end)
  confirm(("Roll %s in %s back from revision %s to %s?"):format(
    release, namespace, tostring(current.revision), tostring(chosen.revision)))
  step("Roll back", function()
    helm.rollback { release = release, namespace = namespace, revision = chosen.revision, wait = timeout }
  end)
  step("Verify", { idempotent = true }, function()
    local objects = helm.get_manifest { release = release, namespace = namespace, objects = true }
    for _, workload in ipairs(evidence.workloads(objects)) do
      kubectl.rollout_status { resource = workload, namespace = namespace, timeout = timeout }
    end
  end)
  return { release = release, from = current.revision, to = chosen.revision }
end

--- Takes a Deployment back that no helm release owns.
function rollback.deployment(namespace, name, wanted, timeout)
  local current, chosen = step("Choose the revision", function()
    local deployment = kubectl.get { resource = "deployment/" .. name, namespace = namespace }
    local owner = evidence.helm_owner(deployment)
    if owner then
      fail {
        message = ("deployment/%s belongs to the helm release %s, which would not know of it"):format(name, owner),
        remedy = ("runbook rollback.lua -p namespace=%s -p release=%s"):format(namespace, owner),
      }
    end
    local replicasets, complaints = evidence.of_deployment(namespace, deployment)
    local current, candidates, bad = revisions.of_deployment(replicasets, complaints)
    for _, entry in ipairs(bad) do log.info(("revision %d is bad: %s"):format(entry.revision, entry.reason)) end
    return current, choose(wanted, current, candidates, bad, "deployment/" .. name)
  end)
  confirm(("Take deployment/%s in %s back from revision %s to %s?"):format(
    name, namespace, tostring(current.revision), tostring(chosen.revision)))
  step("Roll back", function()
    kubectl.rollout_undo { resource = "deployment/" .. name, namespace = namespace, to_revision = chosen.revision }
  end)
  step("Verify", { idempotent = true }, function()
    kubectl.rollout_status { resource = "deployment/" .. name, namespace = namespace, timeout = timeout }
  end)
  return { deployment = name, from = current.revision, to = chosen.revision }
end

return rollback
