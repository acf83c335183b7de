local cluster = require "cluster"
local volume_stats = require "diagnose.volume_stats"

local function claim(c, fields)
  return c:add("PersistentVolumeClaim", "data",
    cluster.merge({ spec = { storageClassName = "fast" }, status = { phase = "Pending" } }, fields))
end

local function class(c, name, fields)
  return c:add("StorageClass", name,
    cluster.merge({ metadata = { namespace = false }, provisioner = "csi.example.com", volumeBindingMode = "Immediate" },
    fields))
end

local volumes = { { name = "data", persistentVolumeClaim = { claimName = "data" } } }

describe("V01 pending claims", function()
  it("explains the pod that waits for it", function()
    local c = cluster.new()
    class(c, "fast")
    local pvc = claim(c)
    c:event(pvc, "ProvisioningFailed", "failed to provision volume with StorageClass \"fast\": rpc error: quota exceeded",
      { count = 8 })
    c:workload("StatefulSet", "db",
      { pod = { phase = "Pending", node = false, age = 300, spec = { volumes = volumes },
      status = { conditions = { { type = "PodScheduled", status = "False",
      reason = "Unschedulable", message = "0/1 nodes are available: pod has unbound immediate PersistentVolumeClaims.",
        lastTransitionTime = cluster.at(300) } } } } })
    local result = c:finds { "pvc-pending", "persistentvolumeclaim/data", "quota exceeded" }
    expect(table.concat(result.findings[1].consequences, "\n")).to_contain("statefulset/db")
  end)
  it("finds a class that does not exist", function()
    local c = cluster.new()
    class(c, "slow")
    claim(c)
    c:finds { "pvc-pending", "persistentvolumeclaim/data", "StorageClass fast does not exist" }
  end)
  it("finds that no class is the default (Normal event)", function()
    local c = cluster.new()
    class(c, "slow")
    local pvc = c:add("PersistentVolumeClaim", "data", { spec = {}, status = { phase = "Pending" } })
    c:event(pvc, "FailedBinding", "no persistent volumes available for this claim and no storage class is set",
      { type = "Normal", count = 20 })
    c:finds { "pvc-pending", "persistentvolumeclaim/data", "no storage class is set" }
  end)
  it("finds a provisioner that does not answer", function()
    local c = cluster.new()
    class(c, "fast")
    local pvc = claim(c)
    c:event(pvc, "ExternalProvisioning",
      "Waiting for a volume to be created either by the external provisioner 'csi.example.com' or manually",
      { type = "Normal", count = 30 })
    c:finds { "pvc-pending", "persistentvolumeclaim/data", "csi.example.com" }
  end)
  it("is healthy while it waits for its first consumer", function()
    local c = cluster.new()
    class(c, "fast", { volumeBindingMode = "WaitForFirstConsumer" })
    local pvc = claim(c)
    c:event(pvc, "WaitForFirstConsumer", "waiting for first consumer to be created before binding",
      { type = "Normal", count = 40 })
    c:finds()
  end)
  it("leaves the pod as the cause where it waits for the pod", function()
    local c = cluster.new()
    class(c, "fast", { volumeBindingMode = "WaitForFirstConsumer" })
    local pvc = claim(c)
    c:event(pvc, "WaitForPodScheduled", "waiting for pod db-0 to be scheduled", { type = "Normal", count = 40 })
    c:workload("StatefulSet", "db",
      { pod = { phase = "Pending", node = false, age = 300, spec = { volumes = volumes },
      status = { conditions = { { type = "PodScheduled", status = "False",
      reason = "Unschedulable", message = "0/1 nodes are available: 1 Insufficient memory.",
        lastTransitionTime = cluster.at(300) } } } } })
    c:finds { "unschedulable", "statefulset/db", "Insufficient memory" }
  end)
  it("lets a new claim be bound", function()
    local c = cluster.new()
    class(c, "fast")
    claim(c, { metadata = { creationTimestamp = cluster.at(5) } })
    c:finds { "settling", "persistentvolumeclaim/data" }
  end)
end)

describe("V02 and V03 broken claims", function()
  it("finds a lost volume", function()
    local c = cluster.new()
    claim(c, { spec = { volumeName = "pv-1" }, status = { phase = "Lost" } })
    c:finds { "pvc-pending", "persistentvolumeclaim/data", "Lost" }
  end)
  it("finds a failed resize", function()
    local c = cluster.new()
    local pvc = claim(c, { status = { phase = "Bound" } })
    c:condition(pvc, "ControllerResizeError", "True", { message = "resize volume failed: not supported" })
    c:finds { "pvc-pending", "persistentvolumeclaim/data", "not supported" }
  end)
  it("leaves a released volume alone", function()
    local c = cluster.new()
    c:add("PersistentVolume", "pv-old",
      { metadata = { namespace = false }, spec = { claimRef = { namespace = "shop", name = "old" } },
      status = { phase = "Released" } })
    c:finds()
  end)
  it("finds a failed volume", function()
    local c = cluster.new()
    c:add("PersistentVolume", "pv-old",
      { metadata = { namespace = false }, spec = { claimRef = { namespace = "shop", name = "old" } },
      status = { phase = "Failed", message = "error deleting volume" } })
    c:finds { "pvc-pending", "persistentvolume/pv-old", "error deleting volume" }
  end)
end)

describe("F02 and F03 mounts", function()
  local creating = { phase = "Pending", age = 300, spec = { volumes = volumes },
    containers = { { ready = false, started = false, state = { waiting = { reason = "ContainerCreating" } } } } }
  local function setup(reason, message, fields)
    local c = cluster.new()
    claim(c, { status = { phase = "Bound" } })
    local _, pod = c:deployment("web", { pod = creating })
    c:event(pod, reason, message, cluster.merge({ count = 8, first = 290 }, fields))
    return c, pod
  end
  it("finds a mount that fails", function()
    local c = setup("FailedMount", "MountVolume.SetUp failed for volume \"data\" : mount failed: exit status 32")
    c:finds { "volume-mount", "deployment/web", "exit status 32" }
  end)
  it("names the pod and node that hold a volume", function()
    local c = setup("FailedAttachVolume",
      "Multi-Attach error for volume \"pvc-1\" Volume is already used by pod(s) web-old")
    c:node("other")
    c:pod("holder", { node = "other", spec = { volumes = volumes } })
    c:finds { "volume-mount", "deployment/web", "claim data is still used by pod holder on node other" }
  end)
  it("reads the attach error of the VolumeAttachment", function()
    local c = cluster.new()
    claim(c, { status = { phase = "Bound" }, spec = { volumeName = "pv-1" } })
    c:deployment("web", { pod = creating })
    c:add("VolumeAttachment", "csi-1",
      { metadata = { namespace = false }, spec = { source = { persistentVolumeName = "pv-1" }, nodeName = "minikube" },
      status = { attached = false, attachError = { message = "rpc error: volume not found" } } })
    c:finds { "volume-mount", "deployment/web", "volume not found" }
  end)
  it("forgets a failure after which it worked", function()
    local c, pod = setup("FailedMount", "MountVolume.SetUp failed: timed out", { ago = 200 })
    c:event(pod, "Pulling", "Pulling image", { type = "Normal", ago = 100 })
    c:finds { "settling", "deployment/web" }
  end)
end)

describe("V04 the answer of a kubelet", function()
  it("gives the claims of the namespace, once each volume", function()
    local summary = { pods = {
      { podRef = { name = "db-0", namespace = "shop" }, volume = {
        { name = "data", usedBytes = 10, capacityBytes = 100, inodesUsed = 1, inodes = 50, pvcRef = { name = "data-db-0", namespace = "shop" } },
        { name = "kube-api-access", usedBytes = 1, capacityBytes = 2 } } },
      { podRef = { name = "x", namespace = "other" }, volume = { { name = "d", pvcRef = { name = "d", namespace = "other" } } } },
      { podRef = { name = "without" } },
    } }
    local usages = volume_stats.usages(summary, "minikube", "shop")
    expect(#usages).to_equal(1)
    expect(usages[1]).to_equal({ kind = "VolumeUsage", metadata = { name = "data-db-0", namespace = "shop" }, node = "minikube",
      pod = "db-0", usedBytes = 10, capacityBytes = 100, inodesUsed = 1, inodes = 50 })
    expect(#volume_stats.usages(summary, "minikube", nil)).to_equal(2)
  end)
end)
