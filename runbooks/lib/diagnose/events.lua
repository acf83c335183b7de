--- Events of both APIs (core/v1 and events.k8s.io/v1) in one short form.
-- Rules R1 to R4: one time per event whichever field holds it, Normal events are kept, an event
-- belongs to an object by kind, namespace, name and uid, newest first.
local clock = require "diagnose.clock"

local events = {}

--- The moment an event was last seen, from the first of its five time fields that is set.
function events.time(event)
  local series = event.series or {}
  return clock.parse(series.lastObservedTime) or clock.parse(event.lastTimestamp)
    or clock.parse(event.deprecatedLastTimestamp) or clock.parse(event.eventTime)
    or clock.parse(event.firstTimestamp) or clock.parse(event.deprecatedFirstTimestamp)
    or clock.parse((event.metadata or {}).creationTimestamp)
end

local function first_time(event)
  return clock.parse(event.firstTimestamp) or clock.parse(event.deprecatedFirstTimestamp)
    or clock.parse(event.eventTime) or clock.parse((event.metadata or {}).creationTimestamp)
end

--- The event in short: `time`, `first`, `count`, `type`, `reason`, `message`, the object it is about
-- (`kind`, `namespace`, `name`, `uid`) and, where the field path names one, the `container`.
function events.short(event)
  local about = event.involvedObject or event.regarding or {}
  local counted = math.max(event.count or 0, event.deprecatedCount or 0, (event.series or {}).count or 0, 1)
  return {
    time = events.time(event) or 0,
    first = first_time(event) or 0,
    count = counted,
    type = event.type,
    reason = event.reason or "",
    message = event.message or event.note or "",
    kind = about.kind,
    namespace = about.namespace,
    name = about.name,
    uid = about.uid,
    container = (about.fieldPath or ""):match("^spec%.%a*[cC]ontainers{(.-)}$"),
  }
end

--- Sorts short events newest first, in place; ties keep the name of the reason as their order.
function events.sort(list)
  table.sort(list, function(a, b)
    if a.time ~= b.time then return a.time > b.time end
    if a.reason ~= b.reason then return a.reason < b.reason end
    return a.message < b.message
  end)
  return list
end

--- The event as one line of evidence: `FailedMount x3: text`.
function events.line(event)
  local times = event.count > 1 and (" x" .. math.floor(event.count)) or ""
  return ("event %s%s: %s"):format(event.reason, times, event.message)
end

return events
