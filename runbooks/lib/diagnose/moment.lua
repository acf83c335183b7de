--- The moment a snapshot is judged at: the wall clock for a live cluster, for a recorded one the latest time it knows.
local clock = require "diagnose.clock"
local events = require "diagnose.events"
local objects = require "diagnose.objects"

local moment = {}

local live_within = 600
-- an API server keeps an event for an hour, unless it is told otherwise
local events_kept = 3600

-- What happens in a namespace by itself. What a simulator adds to a recording when it opens it (a node, a storage class,
-- the namespaces that every cluster has) must not make it look alive.
local active_kinds = {
  "Event", "Pod", "Deployment", "ReplicaSet", "StatefulSet", "DaemonSet", "Job", "CronJob", "PersistentVolumeClaim",
  "HorizontalPodAutoscaler",
  "PodDisruptionBudget", "Service", "Ingress", "NetworkPolicy",
}

local function newest_of(object, see)
  local status = object.status or {}
  see(object.metadata.creationTimestamp)
  for _, condition in ipairs(status.conditions or {}) do
    see(condition.lastTransitionTime)
    see(condition.lastUpdateTime)
    see(condition.lastHeartbeatTime)
  end
  for _, list in ipairs { status.initContainerStatuses or {}, status.containerStatuses or {} } do
    for _, container in ipairs(list) do
      local state = container.state or {}
      see((state.running or {}).startedAt)
      see((state.terminated or {}).finishedAt)
    end
  end
  see(status.lastScheduleTime)
  see(status.completionTime)
end

--- Whether an object tells of the namespace (nil: of any). The Service of the API itself is in every cluster, and as
-- young as the simulator that opened a recording.
local function is_of(object, namespace)
  if object.kind == "Service" and object.metadata.name == "kubernetes" then return false end
  return not namespace or object.metadata.namespace == namespace
end

--- The latest time of what is active in the namespace, or nil.
local function activity(snapshot)
  local newest
  local function see(text) newest = clock.latest(newest, clock.parse(text)) end
  for _, kind in ipairs(active_kinds) do
    for _, object in ipairs(snapshot.objects[kind] or {}) do
      if kind == "Event" then
        newest = clock.latest(newest, events.time(object))
      elseif is_of(object, snapshot.namespace) then
        newest_of(object, see)
      end
    end
  end
  return newest
end

--- The latest heartbeat of the nodes that were there when something last happened.
local function heartbeat(snapshot, last_activity)
  local newest
  for _, node in ipairs(snapshot.objects.Node or {}) do
    local created = objects.created(node)
    if not last_activity or not created or created <= last_activity then
      newest_of(node, function(text) newest = clock.latest(newest, clock.parse(text)) end)
    end
  end
  return newest
end

--- The seconds that have passed at least since the latest time of a recording: a namespace with pods and without any
-- event has had none for as long as events are kept.
local function unseen(snapshot)
  local has_pods = #(snapshot.objects.Pod or {}) > 0
  local has_events = #(snapshot.objects.Event or {}) > 0 or (snapshot.unreadable or {}).Event ~= nil
  return has_pods and not has_events and events_kept or 0
end

--- Epoch seconds, whether the snapshot is a recording, and for how many seconds at least nothing has happened since then.
-- `wall` is the present time, nil where only the snapshot counts.
function moment.of(snapshot, wall)
  local last_activity = activity(snapshot)
  local newest = clock.latest(last_activity, heartbeat(snapshot, last_activity))
  if not newest then return wall or 0, wall == nil, 0 end
  if not wall then return newest, true, unseen(snapshot) end
  if math.abs(wall - newest) <= live_within then return wall, false, 0 end
  -- a quiet namespace of a live cluster, whose nodes this account may not see
  if (snapshot.unreadable or {}).Node and newest < wall then return wall, false, 0 end
  return newest, true, unseen(snapshot)
end

return moment
