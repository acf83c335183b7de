#!/usr/bin/env bash
# Reads a list as kubectl prints it with `json.decode` and with python3's json module, and prints the ratio of the
# processor times: other work on the machine would be in the others.
#
#   Benchmarks/json/measure.sh [MiB] [RUNS]     (default: 50 5; RUNBOOK names the program, .build/release/runbook otherwise)
set -euo pipefail

size=${1:-50} runs=${2:-5}
repository=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
runbook=${RUNBOOK:-$repository/.build/release/runbook}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

python3 - "$size" "$folder/list.json" <<'PYTHON'
import json, sys
limit, path = int(sys.argv[1]) << 20, sys.argv[2]
def pod(n):
    name = f"backend-6489f9787-{n:05d}"
    return {
        "apiVersion": "v1", "kind": "Pod",
        "metadata": {
            "annotations": {"checksum/config": f"{n * 2654435761 % 2**32:08x}" * 8}, "creationTimestamp": "2026-11-26T00:00:00Z",
            "labels": {"app": "backend", "pod-template-hash": "6489f9787"}, "name": name, "namespace": "shop",
            "ownerReferences": [{"apiVersion": "apps/v1", "controller": True, "kind": "ReplicaSet", "name": "backend-6489f9787", "uid": f"{n:036d}"}],
            "resourceVersion": str(n), "uid": f"{n:036d}",
        },
        "spec": {
            "containers": [{
                "env": [{"name": f"VARIABLE_{i}", "value": f"a value of \"some\" length {i}"} for i in range(12)],
                "image": "todo-backend:v1.0.0", "name": "app", "ports": [{"containerPort": 8000, "protocol": "TCP"}],
                "resources": {"limits": {"cpu": "500m", "memory": "256Mi"}, "requests": {"cpu": "100m", "memory": "128Mi"}},
            }],
            "nodeName": f"node-{n % 40}", "priority": 0, "terminationGracePeriodSeconds": 30,
        },
        "status": {
            "conditions": [{"lastProbeTime": None, "lastTransitionTime": "2026-11-26T00:00:00Z", "status": "True", "type": t} for t in ("Initialized", "Ready", "ContainersReady", "PodScheduled")],
            "containerStatuses": [{"name": "app", "ready": True, "restartCount": n % 3, "state": {"running": {"startedAt": "2026-11-26T00:00:00Z"}}}],
            "phase": "Running", "podIP": f"10.0.{n // 250 % 250}.{n % 250}",
        },
    }
with open(path, "w") as out:
    out.write('{\n    "apiVersion": "v1",\n    "items": [\n')
    n = 0
    while out.tell() < limit:
        out.write((",\n" if n else "") + json.dumps(pod(n), indent=4))
        n += 1
    out.write('\n    ],\n    "kind": "List"\n}\n')
print(f"{n} pods, {limit >> 20} MiB")
PYTHON

cat >"$folder/decode.lua" <<'LUA'
local text = fs.read("list.json")
local best
for _ = 1, RUNS do
  collectgarbage()
  local start = os.clock()
  local list = json.decode(text)
  local seconds = os.clock() - start
  assert(list.items[#list.items].status.phase == "Running")
  list = nil
  best = math.min(best or seconds, seconds)
end
print(string.format("%.3f", best))
LUA
sed -i "s/RUNS/$runs/" "$folder/decode.lua"

cat >"$folder/decode.py" <<'PYTHON'
import gc, json, sys, time
text = open(sys.argv[1], encoding="utf-8").read()
best = None
for _ in range(int(sys.argv[2])):
    gc.collect()
    start = time.process_time()
    value = json.loads(text)
    seconds = time.process_time() - start
    assert value["items"][-1]["status"]["phase"] == "Running"
    del value
    best = min(best or seconds, seconds)
print(f"{best:.3f}")
PYTHON

export XDG_STATE_HOME=$folder/state
# The two take turns, so that other work on the machine meets both.
for round in 1 2; do
    ours=$("$runbook" "$folder/decode.lua" 2>/dev/null)
    theirs=$(python3 "$folder/decode.py" "$folder/list.json" "$runs")
    awk -v ours="$ours" -v theirs="$theirs" -v round="$round" \
        'BEGIN { printf "round %d: json.decode %.3f s, python3 %.3f s, python3 / json.decode %.2f\n", round, ours, theirs, theirs / ours }'
done
