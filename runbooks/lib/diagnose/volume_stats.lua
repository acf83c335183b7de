--- How full the claims of a namespace are, from the summary API of the kubelets that mount them.
-- https://kubernetes.io/docs/reference/instrumentation/node-metrics/#summary-api-source
local objects = require "diagnose.objects"

local volume_stats = {}

local nodes_at_most = 20
-- what a kubelet answers is worth no longer wait
local patience = "5s"

--- The nodes that run pods of the snapshot with a claim, in the order of their names; at most twenty, and none that is
-- known not to be ready.
local function nodes_to_ask(snapshot)
  local names, seen = {}, {}
  for _, node in ipairs(snapshot.objects.Node or {}) do
    if not objects.has_condition(node, "Ready") then seen[node.metadata.name] = true end
  end
  for _, pod in ipairs(snapshot.objects.Pod or {}) do
    local node = (pod.spec or {}).nodeName
    for _, volume in ipairs(node and not seen[node] and (pod.status or {}).phase == "Running" and pod.spec.volumes or {}) do
      if volume.persistentVolumeClaim or volume.ephemeral then
        seen[node] = true
        names[#names + 1] = node
        break
      end
    end
  end
  table.sort(names)
  return { table.unpack(names, 1, nodes_at_most) }
end

--- The usages in a node's summary: one a claim, `{ kind = "VolumeUsage", metadata, node, pod, usedBytes, capacityBytes, … }`.
-- `namespace` nil means every namespace.
function volume_stats.usages(summary, node, namespace)
  local list = {}
  for _, pod in ipairs(summary.pods or {}) do
    for _, volume in ipairs(pod.volume or {}) do
      local claim = volume.pvcRef
      if claim and (not namespace or claim.namespace == namespace) then
        list[#list + 1] = { kind = "VolumeUsage", metadata = { name = claim.name, namespace = claim.namespace }, node = node,
          pod = (pod.podRef or {}).name, usedBytes = volume.usedBytes, capacityBytes = volume.capacityBytes,
          inodesUsed = volume.inodesUsed, inodes = volume.inodes }
      end
    end
  end
  return list
end

--- Adds the usages to a snapshot. Where the account may not ask kubelets, that is noted; a cluster that does not serve the
-- summary has nothing to be said about.
function volume_stats.collect(snapshot, context)
  local work, nodes = {}, nodes_to_ask(snapshot)
  for i, node in ipairs(nodes) do
    local argv = { "kubectl", "get", "--raw", ("/api/v1/nodes/%s/proxy/stats/summary"):format(node) }
    if context or run.context then table.move({ "--context", context or run.context }, 1, 2, #argv + 1, argv) end
    work[i] = function() return exec.run(argv, { check = false, read = true, timeout = patience }) end
  end
  if #work == 0 then return end
  local found, seen = {}, {}
  for i, answer in ipairs(parallel(work)) do
    if type(answer) == "userdata" then return end -- a preview that could not ask
    if answer.status == 0 then
      local read, summary = pcall(json.decode, answer.stdout)
      for _, usage in ipairs(read and volume_stats.usages(summary, nodes[i], snapshot.namespace) or {}) do
        local key = usage.metadata.namespace .. "/" .. usage.metadata.name
        if not seen[key] then found[#found + 1] = usage end
        seen[key] = true
      end
    elseif answer.stderr:find("orbidden", 1, true) then
      snapshot.unreadable["the usage of volumes"] = "forbidden (get nodes/proxy)"
    end
  end
  if #found > 0 then snapshot.objects.VolumeUsage = found end
end

return volume_stats
