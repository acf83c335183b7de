#!/bin/bash
# Measures the simulated cluster with many workloads, through the real kubectl.
#
#   Benchmarks/simulator/measure.sh [DEPLOYMENTS]     default 1000, of 5 pods each
#
# Environment: RUNBOOK, the program to measure; a release build is made when it is not set.
#
# Most of the time of `kubectl get -o json` is kubectl's own: it reads and writes the objects again. So the same answers are
# also given from memory by a server that does nothing else, and the ratio of the two is what the simulator adds.
set -euo pipefail

cd "$(dirname "$0")/../.."
deployments=${1:-1000}
pods=$((deployments * 5))
export PATH="$PWD/.tools/bin:$PATH"
RUNBOOK=${RUNBOOK:-$(bash scripts/build.sh)}
export RUNBOOK_HOME=$PWD
work=$(mktemp -d)
children=()
trap 'kill "${children[@]}" 2>/dev/null || true; rm -rf "$work"' EXIT

for ((number = 0; number < deployments; number++)); do
    cat <<MANIFEST
apiVersion: apps/v1
kind: Deployment
metadata: {name: web-$number}
spec:
  replicas: 5
  selector: {matchLabels: {app: web-$number}}
  template:
    metadata: {labels: {app: web-$number}}
    spec:
      containers:
      - {name: app, image: "busybox:1.36", ports: [{containerPort: 8000}], resources: {requests: {cpu: 1m, memory: 1Mi}}}
---
MANIFEST
done >"$work/manifest.yaml"

# since START: the seconds that have passed.
since() { awk -v a="$1" -v b="${EPOCHREALTIME/./}" 'BEGIN { printf "%.2f\n", (b - a) / 1e6 }'; }

# best COMMAND...: the least seconds of three runs.
best() {
    local start took least=
    for _ in 1 2 3; do
        start=${EPOCHREALTIME/./}
        "$@" >/dev/null
        took=$(since "$start")
        if [[ -z $least ]] || awk -v a="$took" -v b="$least" 'BEGIN { exit !(a < b) }'; then least=$took; fi
    done
    echo "$least"
}

memory() { awk '/VmHWM/ { printf "%d", $2 / 1024 }' "/proc/$simulator/status"; }

"$RUNBOOK" sim --speed 100 >"$work/kubeconfig-path" 2>"$work/simulator.log" &
simulator=$!
children+=("$simulator")
until [[ -s $work/kubeconfig-path ]]; do
    kill -0 "$simulator" 2>/dev/null || { cat "$work/simulator.log" >&2 && exit 1; }
    sleep 0.1
done
KUBECONFIG=$(head -n 1 "$work/kubeconfig-path")
export KUBECONFIG
server=$(awk '$1 == "server:" { print $2 }' "$KUBECONFIG")

start=${EPOCHREALTIME/./}
kubectl apply -f "$work/manifest.yaml" >/dev/null
echo "apply of $deployments deployments: $(since "$start") s"
until [[ $(kubectl get pods -A --field-selector=status.phase=Running -o name | wc -l) -ge $pods ]]; do sleep 0.5; done
echo "$pods pods running: $(since "$start") s after the apply began"

echo "list of all pods, by curl: $(best curl -sf "$server/api/v1/pods") s"
json=$(best kubectl get pods -A -o json)
echo "kubectl get pods -A: $(best kubectl get pods -A) s"
echo "kubectl get pods -A -o json: $json s"
echo "peak memory: $(memory) MB"

cat >"$work/memory.py" <<'PYTHON'
"""Gives each answer of another server from memory, once it has been asked for."""
import http.server, sys, urllib.request

upstream, kept = sys.argv[1], {}

class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        key = (self.path, self.headers.get("Accept"))
        if key not in kept:
            request = urllib.request.Request(upstream + self.path, headers={"Accept": key[1] or "*/*"})
            with urllib.request.urlopen(request) as answer:
                kept[key] = (answer.headers["Content-Type"], answer.read())
        kind, body = kept[key]
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass

server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
print(server.server_address[1], flush=True)
server.serve_forever()
PYTHON
python3 "$work/memory.py" "$server" >"$work/port" &
children+=("$!")
until [[ -s $work/port ]]; do sleep 0.1; done
floor=$(best kubectl --server "http://127.0.0.1:$(cat "$work/port")" get pods -A -o json)
echo "the same from memory: $floor s"
echo "simulator / memory: $(awk -v a="$json" -v b="$floor" 'BEGIN { printf "%.2f", a / b }')"
