--- The objects of a snapshot, indexed once: by kind, name, uid, owner, label, and their events.
-- Every lookup that a detector makes is a table access, so a diagnosis stays linear in the objects.
local events = require "diagnose.events"
local objects = require "diagnose.objects"
local selector = require "diagnose.selector"

local Index = {}
Index.__index = Index

local no_objects = {}
-- only what makes and replaces pods is folded: a Service of an operator stays itself
local folded_kinds = { Pod = true, ReplicaSet = true, Job = true, PersistentVolumeClaim = true }

local function append(lists, key, value)
  local list = lists[key]
  if list then
    list[#list + 1] = value
  else
    lists[key] = { value }
  end
end

local function revision(replica_set)
  return tonumber((replica_set.metadata.annotations or {})["deployment.kubernetes.io/revision"]) or 0
end

--- Whether `a` is the newer of two ReplicaSets of one Deployment.
local function is_newer(a, b)
  if revision(a) ~= revision(b) then return revision(a) > revision(b) end
  local created_a, created_b = objects.created(a) or 0, objects.created(b) or 0
  if created_a ~= created_b then return created_a > created_b end
  return objects.wanted(a) > objects.wanted(b)
end

--- Gives an object the tables that every detector may rely on, whatever it lacks.
local function complete(object, kind)
  object.kind = kind
  object.metadata, object.spec, object.status = object.metadata or {}, object.spec or {}, object.status or {}
  object.metadata.name = object.metadata.name or "?"
  local spec, status = object.spec, object.status
  for _, list in ipairs { spec.volumes or no_objects, spec.initContainers or no_objects, spec.containers or no_objects,
    status.initContainerStatuses or no_objects, status.containerStatuses or no_objects, object.webhooks or no_objects } do
    for _, entry in ipairs(list) do entry.name = entry.name or "?" end
  end
end

--- Builds the index of `{ namespace, now, objects = { Pod = {…}, … }, unreadable = { Kind = reason } }`.
function Index.new(snapshot)
  local self = setmetatable({
    kinds = {}, everywhere = {}, names = {}, uids = {}, tops = {}, labels = {}, pods_by_top = {}, pods_by_owner = {},
    newest = {}, superseded = {},
    events_by_object = {}, events_by_reason = {}, unreadable = snapshot.unreadable or {}, namespace = snapshot.namespace,
  }, Index)
  for kind, list in pairs(snapshot.objects) do
    for _, object in ipairs(list) do complete(object, kind) end
  end
  for kind, list in pairs(snapshot.objects) do
    if kind ~= "Event" then self:add_kind(kind, list) end
  end
  self:add_events(snapshot.objects.Event or {})
  self:add_replica_sets()
  for _, pod in ipairs(self.everywhere.Pod or no_objects) do self:add_pod(pod) end
  return self
end

function Index:add_kind(kind, list)
  local names, own = {}, {}
  self.kinds[kind], self.names[kind], self.everywhere[kind] = own, names, list
  for _, object in ipairs(list) do
    local metadata = object.metadata
    if not self.namespace or not metadata.namespace or metadata.namespace == self.namespace then own[#own + 1] = object end
    names[objects.key(metadata.namespace, metadata.name)] = object
    if metadata.uid then self.uids[metadata.uid] = object end
  end
end

function Index:add_events(list)
  for _, raw in ipairs(list) do
    local event = events.short(raw)
    local key = (event.kind or "") .. ":" .. objects.key(event.namespace, event.name)
    append(self.events_by_object, key, event)
    append(self.events_by_reason, event.reason, event)
  end
end

function Index:add_replica_sets()
  for _, replica_set in ipairs(self.everywhere.ReplicaSet or no_objects) do
    local owner = objects.controller(replica_set)
    if owner then
      local key = owner.uid or owner.name
      local newest = self.newest[key]
      if not newest then
        self.newest[key] = replica_set
      elseif is_newer(replica_set, newest) then
        self.newest[key] = replica_set
        self.superseded[newest] = true
      else
        self.superseded[replica_set] = true
      end
    end
  end
end

function Index:add_pod(pod)
  local namespace = pod.metadata.namespace or ""
  for key, value in pairs(pod.metadata.labels or {}) do
    append(self.labels, namespace .. "\0" .. key .. "\0" .. value, pod)
  end
  local owner = objects.controller(pod)
  if owner then append(self.pods_by_owner, (owner.kind or "") .. ":" .. objects.key(namespace, owner.name), pod) end
  append(self.pods_by_top, self:top(pod), pod)
end

--- All objects of a kind in the namespace that is diagnosed, or of the cluster; empty where there are none or they could
-- not be read. What was read of other namespaces, as for the DNS, is had by `get` and `pods_matching` only.
function Index:all(kind)
  return self.kinds[kind] or no_objects
end

--- Whether the absence of an object of this kind can be concluded: its kind was read.
function Index:readable(kind)
  return self.unreadable[kind] == nil
end

--- The object of a kind, namespace (nil for cluster-scoped kinds) and name, or nil.
function Index:get(kind, namespace, name)
  local names = self.names[kind]
  return names and names[objects.key(namespace, name)]
end

--- The events of an object, newest first. An event of a namesake that existed before is not its own.
function Index:events(object)
  local list = self.events_by_object[object.kind .. ":" .. objects.key(object.metadata.namespace, object.metadata.name)]
  -- events of nodes are written to the namespace `default`, and the kubelet puts the node's name as uid
  if object.kind == "Node" then
    list = list or self.events_by_object["Node:" .. objects.key("default", object.metadata.name)]
    return list and events.sort(list) or no_objects
  end
  if not list then return no_objects end
  if not list.own then
    local uid, own = object.metadata.uid, {}
    for _, event in ipairs(list) do
      if not event.uid or event.uid == "" or not uid or event.uid == uid then own[#own + 1] = event end
    end
    list.own = events.sort(own)
  end
  return list.own
end

--- The events with a reason, of whatever object.
function Index:events_with(reason)
  return self.events_by_reason[reason] or no_objects
end

--- The newest event of an object whose reason is in the set, and which contains `text` where given.
function Index:event(object, reasons, text)
  for _, event in ipairs(self:events(object)) do
    if reasons[event.reason] and (not text or event.message:find(text, 1, true)) then return event end
  end
  return nil
end

--- A stand-in for an owner that is not in the snapshot. A ReplicaSet that carries the pod's template
-- hash in its name is a Deployment's, whose name is what stands before the hash.
local function absent_owner(object, owner)
  local kind, name = owner.kind, owner.name
  local hash = (object.metadata.labels or {})["pod-template-hash"]
  if kind == "ReplicaSet" and hash and name:sub(-#hash - 1) == "-" .. hash then
    kind, name = "Deployment", name:sub(1, -#hash - 2)
  end
  return { kind = kind, absent = true, metadata = { name = name, namespace = object.metadata.namespace } }
end

--- The top owner: Pod to ReplicaSet to Deployment, Job to CronJob, and the object itself where none owns it.
function Index:top(object)
  local known = self.tops[object]
  if known then return known end
  local owner = folded_kinds[object.kind] and objects.controller(object) or nil
  local top = object
  if owner and owner.kind ~= "Node" and (object.kind ~= "Job" or owner.kind == "CronJob") then
    local parent = self.uids[owner.uid or ""] or self:get(owner.kind, object.metadata.namespace, owner.name)
    if not parent then
      local stand_in = absent_owner(object, owner)
      parent = self:get(stand_in.kind, stand_in.metadata.namespace, stand_in.metadata.name)
      local name = stand_in.kind .. ":" .. objects.key(stand_in.metadata.namespace, stand_in.metadata.name)
      parent = parent or self.tops[name] or stand_in
      self.tops[name] = parent
    end
    top = self:top(parent)
  end
  self.tops[object] = top
  return top
end

--- The pods that an owner has at the top of their chain.
function Index:pods_of(top)
  return self.pods_by_top[top] or no_objects
end

--- The pods whose controller is the object itself, as the pods of a Job.
function Index:pods_owned(object)
  return self.pods_by_owner[object.kind .. ":" .. objects.key(object.metadata.namespace, object.metadata.name)]
    or no_objects
end

--- The ReplicaSet of the newest revision of a Deployment, or nil.
function Index:newest_replica_set(deployment)
  return self.newest[deployment.metadata.uid or ""] or self.newest[deployment.metadata.name]
end

--- Whether a pod belongs to what its owner wants now, and not to a ReplicaSet that is being replaced (rule R6).
function Index:is_current(pod)
  local owner = objects.controller(pod)
  if not owner or owner.kind ~= "ReplicaSet" then return true end
  local replica_set = self.uids[owner.uid or ""] or self:get("ReplicaSet", pod.metadata.namespace, owner.name)
  if not replica_set or not self.superseded[replica_set] then return true end
  return (self:top(replica_set).spec or {}).paused == true
end

--- The pods of a namespace that carry all labels of a map, read from the shortest of the labels' lists.
function Index:pods_matching(namespace, labels)
  local shortest
  for key, value in pairs(labels) do
    local list = self.labels[(namespace or "") .. "\0" .. key .. "\0" .. value]
    if not list then return no_objects end
    if not shortest or #list < #shortest then shortest = list end
  end
  local found, wanted = {}, { matchLabels = labels }
  for _, pod in ipairs(shortest or no_objects) do
    if selector.matches(wanted, pod.metadata.labels) then found[#found + 1] = pod end
  end
  return found
end

return Index
