--- V04: a volume that is full, or nearly: read from the kubelet of the node that mounts it.
local objects = require "diagnose.objects"
local quantity = require "quantity"
local references = require "diagnose.references"

local nearly_full, full = 0.90, 0.98

local function share(used, capacity)
  return used and capacity and capacity > 0 and used / capacity or 0
end

local function inspect(context, usage)
  local bytes, inodes = share(usage.usedBytes, usage.capacityBytes), share(usage.inodesUsed, usage.inodes)
  local worst = math.max(bytes, inodes)
  local claim = context.index:get("PersistentVolumeClaim", usage.metadata.namespace, usage.metadata.name)
  if worst < nearly_full or not claim then return end
  local needs = {}
  for _, pod in ipairs(references.claim_users(context, usage.metadata.namespace, usage.metadata.name)) do
    needs[#needs + 1] = "used by pod " .. pod.metadata.name
    if #needs == 3 then break end
  end
  local text = bytes >= inodes
    and ("%s of %s used (%d%%)"):format(quantity.memory(usage.usedBytes), quantity.memory(usage.capacityBytes), bytes * 100 // 1)
    or ("%d of %d inodes used (%d%%)"):format(usage.inodesUsed, usage.inodes, inodes * 100 // 1)
  context:report {
    class = "pvc-pending", id = "V04", on = claim, severity = worst >= full and "error" or "warning",
    message = ("its volume is %sfull: %s"):format(worst >= full and "" or "nearly ", text),
    evidence = objects.lines(text, "kubelet of node " .. (usage.node or "?"), table.unpack(needs)),
    suggestions = { ("kubectl exec %s -n %s -- df -h"):format(usage.pod or "POD", usage.metadata.namespace),
      context.describe(claim) },
    docs = "https://kubernetes.io/docs/concepts/storage/persistent-volumes/#expanding-persistent-volumes-claims",
  }
end

return {
  name = "volume_usage",
  reads = { "PersistentVolumeClaim", "Pod" },
  classes = { { id = "V04", class = "pvc-pending", grace = "none; a warning from 90 %, an error from 98 %" } },
  detect = function(context)
    for _, usage in ipairs(context.index:all("VolumeUsage")) do inspect(context, usage) end
  end,
}
