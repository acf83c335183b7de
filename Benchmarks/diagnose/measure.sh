#!/bin/bash
# Compares `runbook diagnose.lua` on a large namespace with `kubectl get … -o json` of the same kinds, in one run.
#
#   Benchmarks/diagnose/measure.sh [PODS] [RUNS]     default 5000 and 3
#
# Both ask the same simulated cluster, which is one process on the same machine. The best of the runs counts, because
# everything else that the machine does can only add time. RUNBOOK names the program; a release build is made where it
# is not set. Needs kubectl and GNU time.
set -euo pipefail

cd "$(dirname "$0")/../.."
pods=${1:-5000}
runs=${2:-3}
RUNBOOK=${RUNBOOK:-$(bash scripts/build.sh)}
export RUNBOOK_HOME=$PWD
work=$(mktemp -d)
export XDG_STATE_HOME=$work/state
trap 'kill "$server" 2>/dev/null || true; rm -rf "$work"' EXIT
server=

"$RUNBOOK" Benchmarks/diagnose/generate.lua -p out="$work/large" -p pods="$pods" >/dev/null 2>&1
"$RUNBOOK" sim --snapshot "$work/large" >"$work/kubeconfig" 2>"$work/simulator.log" &
server=$!
until [ -s "$work/kubeconfig" ]; do
    kill -0 "$server" 2>/dev/null || { cat "$work/simulator.log" >&2 && exit 1; }
    sleep 0.3
done
export KUBECONFIG
KUBECONFIG=$(head -1 "$work/kubeconfig")

kinds=pods,events,replicasets,deployments,statefulsets,daemonsets,jobs,cronjobs,services,endpointslices,persistentvolumeclaims
kinds=$kinds,resourcequotas,limitranges,serviceaccounts,ingresses,networkpolicies,horizontalpodautoscalers,poddisruptionbudgets

# best FILE COMMAND...: the least seconds, and the peak memory of one process in KiB, of the runs of a command.
best() {
    local out=$1 least= memory=0 took rss
    shift
    for ((run = 0; run < runs; run++)); do
        /usr/bin/time -f '%e %M' -o "$work/time" "$@" >"$out" 2>"$out.err" || true
        read -r took rss <<<"$(tail -1 "$work/time")"
        if [ -z "$least" ] || awk -v a="$took" -v b="$least" 'BEGIN { exit !(a < b) }'; then least=$took; fi
        if ((rss > memory)); then memory=$rss; fi
    done
    echo "$least $memory"
}

read -r read_time read_memory <<<"$(best "$work/all.json" kubectl get "$kinds" -n large -o json)"
read -r whole_time whole_memory <<<"$(best "$work/result.json" "$RUNBOOK" diagnose.lua -p namespace=large --output json)"
findings=$(grep -o '"class":"' "$work/result.json" | wc -l)
awk -v a="$whole_time" -v b="$read_time" -v n="$findings" -v p="$pods" -v m="$whole_memory" -v k="$read_memory" 'BEGIN {
    printf "diagnosis / kubectl get -o json, %d pods, %d findings: %.2f (%.1f s / %.1f s)\n", p, n, a / b, a, b
    printf "peak memory of one process: %.0f MB, kubectl alone %.0f MB\n", m / 1024, k / 1024
}'
