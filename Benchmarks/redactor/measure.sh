#!/bin/bash
# Compares the redactor with `cat` and `sed` in one run and prints ratios.
#
#   Benchmarks/redactor/measure.sh [MEBIBYTES] [SECRETS]     default 1024 and 100
#
# Each of three programs stands in the same place of the same pipeline, between two `cat`s. The best of five runs
# counts, because everything else that the machine does can only add time. `sed` gets a sixteenth of the input, and is
# compared with the redactor on the same; it looks for six forms of each value, the redactor for all it knows.
set -euo pipefail

cd "$(dirname "$0")/../.."
mebibytes=${1:-1024}
count=${2:-100}
swift build -c release --product redactor-benchmark >/dev/null
redactor=$(swift build -c release --show-bin-path)/redactor-benchmark
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

"$redactor" "$count" --input "$mebibytes" >"$work/input"
"$redactor" "$count" --input "$(((mebibytes + 15) / 16))" >"$work/small"
"$redactor" "$count" --sed >"$work/script"

# best FILE RUNS COMMAND...: the least microseconds of a pipeline through the command.
best() {
    local file=$1 runs=$2 least=0 start took
    shift 2
    for ((run = 0; run < runs; run++)); do
        start=${EPOCHREALTIME/./}
        cat "$file" | "$@" | cat >/dev/null
        took=$((${EPOCHREALTIME/./} - start))
        if ((least == 0 || took < least)); then least=$took; fi
    done
    echo "$least"
}

ratio() { awk -v a="$1" -v b="$2" 'BEGIN { printf "%.2f\n", a / b }'; }

cat "$work/input" "$work/small" >/dev/null
plain=$(best "$work/input" 5 cat)
masked=$(best "$work/input" 5 "$redactor" "$count")
small=$(best "$work/small" 5 "$redactor" "$count")
stream=$(best "$work/small" 2 sed -f "$work/script")
memory=$("$redactor" "$count" --memory <"$work/input" 2>&1 >/dev/null)
memory_small=$("$redactor" "$count" --memory <"$work/small" 2>&1 >/dev/null)

cmp -s <("$redactor" "$count" <"$work/small") <(sed -f "$work/script" "$work/small") || {
    echo "the redactor and sed give different output" >&2
    exit 1
}
echo "redactor / cat, $mebibytes MiB, $count secrets: $(ratio "$masked" "$plain")"
echo "sed / redactor, $(((mebibytes + 15) / 16)) MiB, $count secrets: $(ratio "$stream" "$small")"
echo "peak memory of the redactor: $memory KiB, $memory_small KiB on a sixteenth of the input"
