--- Q01, Q02: a quota or a limit range leaves no room.
local creation = require "diagnose.creation"
local objects = require "diagnose.objects"
local quantity = require "quantity"

local docs = "https://kubernetes.io/docs/concepts/policy/resource-quotas/"
local nearly_full = 0.9

local function usage_lines(status)
  local lines, worst = {}, 0
  for resource, hard in pairs(status.hard or {}) do
    local limit, used = quantity.parse(hard), quantity.parse((status.used or {})[resource])
    if limit and limit > 0 and used then
      if used / limit >= nearly_full then
        lines[#lines + 1] = ("%s: %s of %s used"):format(resource, (status.used or {})[resource], hard)
      end
      worst = math.max(worst, used / limit)
    end
  end
  table.sort(lines)
  return lines, worst
end

local function report_blocked(context, blocked)
  local quota = blocked.quota and context.index:get("ResourceQuota", blocked.object.metadata.namespace, blocked.quota)
  local evidence = { table.unpack(blocked.evidence) }
  if quota then
    for _, line in ipairs((usage_lines(quota.status or {}))) do
      evidence[#evidence + 1] = ("resourcequota/%s %s"):format(blocked.quota, line)
    end
  end
  local namespace = blocked.object.metadata.namespace
  context:report {
    class = "quota", id = blocked.id, on = blocked.object, message = blocked.message, evidence = evidence,
    since = blocked.since, last = blocked.last,
    suggestions = {
      blocked.id == "Q02" and "kubectl describe limitrange -n " .. namespace
        or ("kubectl describe quota %s -n %s"):format(blocked.quota or "", namespace),
      context.describe(blocked.object),
    },
    docs = blocked.id == "Q02" and "https://kubernetes.io/docs/concepts/policy/limit-range/" or docs,
  }
end

local function inspect_quota(context, quota)
  local lines, worst = usage_lines(quota.status or {})
  if worst < nearly_full then return end
  local needs = {}
  for _, blocked in ipairs(creation.blocked(context)) do
    if blocked.class == "quota" and (blocked.quota == quota.metadata.name or not blocked.quota) then
      needs[#needs + 1] = blocked.object
    end
  end
  context:report {
    class = "quota", id = "Q01", on = quota, severity = "warning", needs = needs,
    message = (worst >= 1 and "used up: " or "nearly used up: ") .. table.concat(lines, ", "), evidence = lines,
    suggestions = { context.describe(quota) }, docs = docs,
  }
end

return {
  name = "quota",
  reads = { "ResourceQuota", "LimitRange", "ReplicaSet", "StatefulSet", "DaemonSet", "Job", "Event" },
  classes = {
    { id = "Q01", class = "quota", grace = "none; a warning from 90 %" },
    { id = "Q02", class = "quota", grace = "none" },
  },
  detect = function(context)
    for _, blocked in ipairs(creation.blocked(context)) do
      if blocked.class == "quota" then report_blocked(context, blocked) end
    end
    for _, quota in ipairs(context.index:all("ResourceQuota")) do
      if not objects.has_condition(quota, "Terminating") then inspect_quota(context, quota) end
    end
  end,
}
