--- What the log, the environment and the rollout history add to a finding: the exception line, why it is
-- thrown, and after which change it began.
local clock = require "diagnose.clock"
local logs = require "diagnose.logs"
local objects = require "diagnose.objects"

local enrich = {}

--- How many findings have a log that would not be read.
function enrich.unread_logs(findings, limit)
  local count = 0
  for _, finding in ipairs(findings) do
    if finding.log and finding.severity ~= "info" then count = count + 1 end
  end
  return math.max(0, count - limit)
end

--- The logs to read, at most `limit`: `{ finding, namespace, pod, container, previous }`, worst finding first.
function enrich.log_requests(findings, limit)
  local requests = {}
  for _, finding in ipairs(findings) do
    local log = finding.log
    if log and #requests < limit and finding.severity ~= "info" then
      requests[#requests + 1] = {
        finding = finding, namespace = log.pod.metadata.namespace, pod = log.pod.metadata.name, container = log.container,
        previous = log.state == "running",
      }
    end
  end
  return requests
end

local function container_spec(pod, name)
  for _, list in ipairs { pod.spec.initContainers or {}, pod.spec.containers or {} } do
    for _, spec in ipairs(list) do
      if spec.name == name then return spec end
    end
  end
  return nil
end

--- The names of environment variables that a line says are missing.
local function missing_names(line)
  local lower = line:lower()
  local says_missing = line:find("KeyError", 1, true) or lower:find("not set", 1, true) or lower:find("missing", 1, true)
    or lower:find("required", 1, true) or lower:find("undefined", 1, true) or lower:find("must be", 1, true)
      or lower:find("not defined", 1, true)
    or lower:find("not found", 1, true)
  local names = {}
  if says_missing then
    for name in line:gmatch("%f[%w_]([A-Z][A-Z0-9]*_[A-Z0-9_]+)%f[^%w_]") do names[#names + 1] = name end
  end
  return names
end

--- Why a variable that the log misses is not there, or nil when the container has it.
local function why_missing(index, pod, spec, name)
  for _, variable in ipairs(spec.env or {}) do
    if variable.name == name then return nil end
  end
  local sources = {}
  for _, source in ipairs(spec.envFrom or {}) do
    for kind, reference in pairs { Secret = source.secretRef, ConfigMap = source.configMapRef } do
      local object = index:get(kind, pod.metadata.namespace, reference.name)
      if not object or not index:readable(kind) or objects.keys(object)[name] then return nil end
      sources[#sources + 1] = ("%s %s has no key %s"):format(kind, reference.name, name)
    end
  end
  if #sources > 0 then return table.concat(sources, ", ") end
  return ("container %s has no environment variable %s"):format(spec.name, name)
end

--- The finding about a service or workload that a line names, as in `connect to db:5432`.
local function dependency(findings, finding, line)
  local lower = line:lower()
  if not (lower:find("refused", 1, true) or lower:find("timed out", 1, true) or lower:find("resolve", 1, true)
    or lower:find("no such host", 1, true)
    or lower:find("unreachable", 1, true) or lower:find("notfound", 1, true)) then
    return nil
  end
  for _, other in ipairs(findings) do
    local name = other ~= finding and other.namespace == finding.namespace and other.object:match("/(.+)$")
    if name and #name > 1 and line:find("%f[%w]" .. name:gsub("%p", "%%%0") .. "%f[^%w-]") then return other end
  end
  return nil
end

--- Adds the decisive lines of a log to its finding.
function enrich.with_log(index, findings, request, text)
  local found = logs.decisive(text)
  local finding = request.finding
  if not found then return end
  local where = ("log of %s/%s%s"):format(request.pod, request.container, request.previous and ", previous run" or "")
  finding.log_source = where
  -- the exception comes first where it is the cause, and last where the cause is known without it
  local place = finding.headline and 0 or #finding.evidence
  for i, line in ipairs(found.lines) do table.insert(finding.evidence, place + i, line) end
  table.insert(finding.evidence, place + #found.lines + 1, where)
  if not found.cause then return end
  finding.log_cause = found.cause
  if finding.headline then finding.message = ("%s: %s (%s)"):format(finding.headline, found.cause, finding.detail) end
  local spec = container_spec(finding.log.pod, request.container)
  for _, name in ipairs(spec and missing_names(found.cause) or {}) do
    finding.because = finding.because or why_missing(index, finding.log.pod, spec, name)
  end
  if finding.because then finding.evidence[#finding.evidence + 1] = finding.because end
  local other = dependency(findings, finding, found.cause)
  if other and not finding.because then finding.because = ("%s: %s"):format(other.object, other.message) end
end

local function helm_revision_at(index, top, moment)
  local release = (top.metadata.annotations or {})["meta.helm.sh/release-name"]
  if not release or not moment then return nil end
  local newest
  for _, secret in ipairs(index:all("Secret")) do
    local labels = secret.metadata.labels or {}
    local created = labels.owner == "helm" and labels.name == release and objects.created(secret)
    local version = math.tointeger(tonumber(labels.version))
    if created and version and moment >= created - 5 and moment - created < 300 then
      newest = math.max(newest or version, version)
    end
  end
  return newest
end

--- The last change of an object that the pod reads: made within the hour before the trouble, or, for `since_last`,
-- after the pod's container last ended, so that only a restart brings it in at once.
local function changed_source(index, finding, since_last)
  local pod = finding.on
  if pod.kind ~= "Pod" or not finding.since then return nil end
  local names = {}
  require("diagnose.references").each(pod.spec,
    function(reference) names[reference.kind .. "/" .. reference.name] = reference end)
  local latest, latest_time
  for _, reference in pairs(names) do
    local object = index:get(reference.kind, pod.metadata.namespace, reference.name)
    local time = object and clock.parse(object.changed)
    local fits = time and time > (objects.created(object) or 0) + 5
    if fits and since_last then
      fits = finding.last ~= nil and time > finding.last
    elseif fits then
      fits = time <= finding.since + 5 and time > finding.since - 3600
    end
    if fits and (not latest_time or time > latest_time) then
      latest, latest_time = object, time
    end
  end
  return latest, latest_time
end

--- Says since when and after which change the trouble is there: a new revision, a changed ConfigMap or Secret.
function enrich.with_change(index, finding, now)
  if not finding.since or finding.since <= 0 then return end
  local text = "since " .. clock.short(finding.since, now)
  local top = finding.top
  local newest = top.kind == "Deployment" and index:newest_replica_set(top)
  local revision = newest and (newest.metadata.annotations or {})["deployment.kubernetes.io/revision"]
  local made = newest and objects.created(newest)
  if revision and made and finding.since >= made - 5 and finding.since - made < 900 then
    text = ("%s, with revision %s"):format(text, revision)
    local helm = helm_revision_at(index, top, made)
    if helm then text = ("%s (helm revision %d)"):format(text, helm) end
  else
    local source, time = changed_source(index, finding)
    if source then text = ("%s, after %s changed at %s"):format(text, objects.title(source), clock.short(time, now)) end
  end
  finding.change = text
end

--- The newest older ReplicaSet of a Deployment that still has ready pods: what a rollback is safe to go to.
local function healthy_replica_set(index, deployment)
  local newest = index:newest_replica_set(deployment)
  local best, best_number
  for _, replica_set in ipairs(index:all("ReplicaSet")) do
    local owner = objects.controller(replica_set)
    if replica_set ~= newest and owner and owner.name == deployment.metadata.name
      and replica_set.metadata.namespace == deployment.metadata.namespace
      and (replica_set.status.readyReplicas or 0) > 0 then
      local number = tonumber((replica_set.metadata.annotations or {})["deployment.kubernetes.io/revision"]) or 0
      if not best or number > best_number then best, best_number = replica_set, number end
    end
  end
  return best, best_number
end

--- The way back to a healthy revision: by helm where helm manages the workload, else by the Deployment's own history.
local function way_back(index, finding)
  local top = finding.top
  local healthy, number = nil, nil
  if top.kind == "Deployment" then healthy, number = healthy_replica_set(index, top) end
  if not healthy then return nil end
  local release = (top.metadata.annotations or {})["meta.helm.sh/release-name"]
  if release then
    local revision = helm_revision_at(index, top, objects.created(healthy))
    return revision and { kind = "helm-rollback", release = release, revision = revision },
      revision and ("helm rollback %s %d -n %s"):format(release, revision, finding.namespace)
  end
  number = math.tointeger(number)
  return { kind = "rollback", object = finding.object, revision = number },
    ("kubectl rollout undo %s -n %s --to-revision=%d"):format(finding.object, finding.namespace, number)
end

--- Keeps a repair only where it is known to be safe, and completes it.
function enrich.with_repair(index, finding)
  local fix, command = finding.fix, nil
  finding.fix = nil
  if fix and fix.kind == "rollback" then
    fix, command = way_back(index, finding)
    local source, time = nil, nil
    if not fix then source, time = changed_source(index, finding, true) end
    if source and finding.top.kind ~= "Pod" then
      fix = { kind = "restart", object = finding.object,
        reason = ("%s changed at %s"):format(objects.title(source), clock.format(time)) }
    end
  end
  if not fix then return end
  if command then table.insert(finding.suggestions, 1, command) end
  fix.namespace = finding.namespace
  finding.fix = fix
end

return enrich
