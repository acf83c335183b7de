#!/bin/bash
# Compares `runbook history` with the sqlite3 shell on the same query of the same database, and prints ratios.
#
#   Benchmarks/history/measure.sh [RUNS]     default 100000; RUNBOOK: the program, else the one of scripts/build.sh
#
# Both start anew each time, so the start of a process counts. The two take turns, because other work on the machine comes
# and goes, and the best of 15 counts.
set -euo pipefail

cd "$(dirname "$0")/../.."
runs=${1:-100000}
program=${RUNBOOK:-$(bash scripts/build.sh)}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export XDG_STATE_HOME=$work/state
cd "$work"
echo "runbook { name = 'first' }" >first.lua
"$program" first.lua 2>/dev/null
database=$XDG_STATE_HOME/runbook/runs.db
sqlite3 "$database" "
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < $runs)
INSERT INTO runs (id, runbook, file, status, exit, started, ms, user, host, pid, cwd, version, parameters, arguments, secrets)
SELECT printf('%06x', i), 'deploy-' || (i % 7), '/srv/deploy.lua', iif(i % 9, 'ok', 'failed'), iif(i % 9, 0, 1),
    strftime('%Y-%m-%dT%H:%M:%SZ', 1500000000 + i * 60, 'unixepoch'), i % 5000, 'ann', 'host', 1, '/srv', '0.1.0',
    '{\"namespace\":\"shop\"}', '{}', '[]' FROM n;
ANALYZE; PRAGMA wal_checkpoint(TRUNCATE);" >/dev/null

recent='SELECT * FROM runs ORDER BY started DESC, seq DESC LIMIT 30'
all="SELECT json_object('run', id, 'runbook', runbook, 'status', status, 'started', started, 'ms', ms, 'exit', exit,
    'file', file, 'world', world, 'context', context, 'reason', reason, 'user', user, 'host', host, 'sessions', sessions,
    'params', json(parameters), 'error', error) FROM runs ORDER BY started DESC, seq DESC"

micros() {
    local start=${EPOCHREALTIME/./}
    "$@" >/dev/null
    echo $((${EPOCHREALTIME/./} - start))
}

# compare NAME QUERY ARGUMENTS...: the least time of each of the two.
compare() {
    local name=$1 query=$2 shell=0 ours=0 took
    shift 2
    for _ in {1..15}; do
        took=$(micros sqlite3 "$database" "$query")
        if ((shell == 0 || took < shell)); then shell=$took; fi
        took=$(micros "$program" history "$@")
        if ((ours == 0 || took < ours)); then ours=$took; fi
    done
    awk -v n="$name" -v a="$ours" -v b="$shell" \
        'BEGIN { printf "%-28s runbook %.1f ms, sqlite3 %.1f ms, ratio %.2f\n", n, a / 1000, b / 1000, a / b }'
}

compare "newest 30 of $runs" "$recent"
compare "all $runs, as JSON" "$all" --output json
