--- The safe repairs of findings, each a step that is previewed, confirmed and can be undone.
-- Every call that changes something is in this file.
local repair = {}

local kinds = {}
local patience = "60s"
local rolling = { deployment = true, statefulset = true, daemonset = true }

kinds["image-load"] = {
  applies = function(_, result)
    local context = result.context or ""
    return context:find("minikube", 1, true) ~= nil or context == "runbook-sim"
  end,
  title = function(fix) return ("Load the image %s into minikube"):format(fix.image) end,
  run = function(fix) minikube.image_load { image = fix.image } end,
}

kinds.memory = {
  title = function(fix)
    return ("Raise the memory limit of %s, container %s, to %s"):format(fix.object, fix.container, fix.limit)
  end,
  run = function(fix)
    local containers = { { name = fix.container, resources = { limits = { memory = fix.limit } } } }
    kubectl.patch { resource = fix.object, namespace = fix.namespace,
      patch = { spec = { template = { spec = { [fix.list] = containers } } } } }
  end,
}

kinds.rollback = {
  title = function(fix) return ("Roll %s back to revision %d, which has ready pods"):format(fix.object, fix.revision) end,
  run = function(fix)
    kubectl.rollout_undo { resource = fix.object, namespace = fix.namespace, to_revision = fix.revision }
  end,
}

kinds["helm-rollback"] = {
  title = function(fix)
    return ("Roll the helm release %s back to revision %d, whose pods are ready"):format(fix.release, fix.revision)
  end,
  run = function(fix) helm.rollback { release = fix.release, namespace = fix.namespace, revision = fix.revision } end,
}

kinds.restart = {
  title = function(fix) return ("Restart %s: %s"):format(fix.object, fix.reason) end,
  run = function(fix) kubectl.rollout_restart { resource = fix.object, namespace = fix.namespace } end,
}

kinds["helm-recover"] = {
  title = function(fix) return ("Recover the helm release %s"):format(fix.release) end,
  run = function(fix) helm.recover { release = fix.release, namespace = fix.namespace } end,
}

--- The repairs that a result offers: a list of `{ title, finding, run }`, worst finding first.
function repair.plan(result)
  local list = {}
  for _, finding in ipairs(result.findings) do
    local fix = finding.fix
    local kind = fix and kinds[fix.kind]
    if kind and finding.severity ~= "info" and (not kind.applies or kind.applies(fix, result)) then
      list[#list + 1] = { title = kind.title(fix), finding = finding, run = function() kind.run(fix) end }
    end
  end
  return list
end

--- Waits until a workload that was changed serves, so that the next look tells whether the repair was one.
local function wait_for(object, namespace)
  step("Wait for " .. object, function()
    local rollout = kubectl.rollout_status { resource = object, namespace = namespace, timeout = patience, check = false }
    if not rollout.ready then log.warn(("%s does not serve after %s: %s"):format(object, patience, rollout.message or "?")) end
  end)
end

--- Carries the repairs out, each after a confirmation; returns the titles of what was done.
function repair.carry_out(plan)
  local done = {}
  for _, entry in ipairs(plan) do
    step(entry.title, { confirm = ("%s? It answers: %s"):format(entry.title, entry.finding.message) }, entry.run)
    done[#done + 1] = entry.title
    if not run.dry_run and rolling[entry.finding.object:match("^%l+")] then
      wait_for(entry.finding.object, entry.finding.namespace)
    end
  end
  return done
end

return repair
