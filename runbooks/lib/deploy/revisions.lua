--- Which revision to go back to: one that was healthy, and never one that failed.
local preview = require "deploy.preview"

local revisions = {}

-- Helm's word for a release that was installed and then replaced, or still stands.
local GOOD_STATUS = { deployed = true, superseded = true }

local function by_number(history)
  local found = {}
  for _, entry in ipairs(history) do found[entry.revision] = entry end
  return found
end

--- The revision whose content this one has: a rollback repeats an older one.
local function origin(entry, known)
  local seen = {}
  while entry and not seen[entry.revision] do
    seen[entry.revision] = true
    local target = tonumber((entry.description or ""):match("^Rollback to (%d+)$"))
    if not target then return entry.revision end
    if not known[target] then return target end
    entry = known[target]
  end
  return entry and entry.revision
end

--- Why this revision of a helm release must not be gone back to, or nil.
local function fault_of(entry, known)
  if not GOOD_STATUS[entry.status] then
    return ("revision %d is %s: %s"):format(entry.revision, entry.status, entry.description or "no description")
  end
  local source = known[origin(entry, known)]
  if source and not GOOD_STATUS[source.status] then
    return ("revision %d repeats revision %d, which is %s"):format(entry.revision, source.revision, source.status)
  end
end

--- Sorts a helm history into what can be gone back to and what cannot.
---
--- `history` is what `helm history` tells, in any order. `condemned` may map a revision to the reason why it is bad
--- although helm calls it deployed. Returns the current entry, the candidates (newest first, none with the content of
--- the current one) and a list of { revision, reason } of those that are bad.
function revisions.of_release(history, condemned)
  if not preview.knows(history) then return history, history, {} end
  condemned = condemned or {}
  local known, current = by_number(history), nil
  for _, entry in ipairs(history) do
    if not current or entry.revision > current.revision then current = entry end
  end
  local candidates, bad = {}, {}
  for _, entry in ipairs(history) do
    local reason = fault_of(entry, known) or condemned[entry.revision] or condemned[origin(entry, known)]
    if reason then
      bad[#bad + 1] = { revision = entry.revision, reason = reason }
    elseif entry.revision ~= current.revision and origin(entry, known) ~= origin(current, known) then
      candidates[#candidates + 1] = entry
    end
  end
  table.sort(candidates, function(a, b) return a.revision > b.revision end)
  table.sort(bad, function(a, b) return a.revision > b.revision end)
  return current, candidates, bad
end

--- Whether a pod template of a manifest is the one that the cluster holds, which adds defaults but takes nothing away.
function revisions.same_template(wanted, held)
  if type(wanted) ~= "table" then return wanted == held or tostring(wanted) == tostring(held) end
  if type(held) ~= "table" then return next(wanted) == nil and held == nil end
  if #wanted ~= 0 and #wanted ~= #held then return false end
  for key, value in pairs(wanted) do
    if not revisions.same_template(value, held[key]) then return false end
  end
  return true
end

local REVISION = "deployment.kubernetes.io/revision"
local HISTORY = "deployment.kubernetes.io/revision-history"

--- The numbers that a ReplicaSet has had as a revision of its Deployment: the last one, and those before it.
local function numbers_of(replicaset)
  local annotations = replicaset.metadata.annotations or {}
  local earlier = {}
  for number in (annotations[HISTORY] or ""):gmatch("%d+") do earlier[#earlier + 1] = tonumber(number) end
  return tonumber(annotations[REVISION]) or 0, earlier
end

--- Sorts the ReplicaSets of a Deployment that helm does not own, as `of_release` does.
---
--- A revision is bad when its pods are not ready though it has some, when `complaints` maps its name to a reason
--- (from events), or when somebody has gone back over it: a ReplicaSet that was revision 1 and is revision 3 now says
--- that revision 2 was left, and `kubectl rollout undo` alone would go right back to it.
function revisions.of_deployment(replicasets, complaints)
  if not preview.knows(replicasets) then return replicasets, replicasets, {} end
  local entries = {}
  for _, replicaset in ipairs(replicasets) do
    local number, earlier = numbers_of(replicaset)
    entries[#entries + 1] = {
      revision = number, earlier = earlier, name = replicaset.metadata.name, object = replicaset,
    }
  end
  table.sort(entries, function(a, b) return a.revision > b.revision end)
  local current, candidates, bad = entries[1], {}, {}
  for index = 2, #entries do
    local entry = entries[index]
    local reason = (complaints or {})[entry.name]
    local wanted = (entry.object.spec or {}).replicas or 0
    local ready = (entry.object.status or {}).readyReplicas or 0
    if not reason and wanted > 0 and ready == 0 then
      reason = ("none of its %d pods is ready"):format(wanted)
    end
    for _, other in ipairs(entries) do
      for _, number in ipairs(other.earlier) do
        if not reason and number < entry.revision and entry.revision < other.revision then
          reason = ("somebody went back from it to revision %d before"):format(number)
        end
      end
    end
    if reason then
      bad[#bad + 1] = { revision = entry.revision, reason = reason }
    else
      candidates[#candidates + 1] = entry
    end
  end
  return current, candidates, bad
end

return revisions
