#!/usr/bin/env bash
# Runs every test of the repository, installing first what they need.
#
#   scripts/test.sh [SUITE...]     SUITE: scripts swift backend frontend chart runbooks (default: all)
#
# Closes with "N passed, N failed", and exits 1 when one failed, was skipped or did not run.

set -uo pipefail

repository=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$repository" || exit 1
tools=$repository/.tools
results=$tools/results
application=$repository/runbooks/todo-chatbot

passed=0
failed=0
broken=()

# suite NAME REPORT COMMAND...: runs the command, shows its output and counts what its report says.
suite() {
    local name=$1 report=$results/$2 status good bad
    shift 2
    printf '\n== %s\n' "$name"
    rm -f "$report"
    "$@"
    status=$?
    read -r good bad < <(python3 scripts/count-results.py "$report")
    # A runner that dies, or finds nothing to run, must not pass for one that found nothing wrong.
    if ((status != 0 && bad == 0)) || ((good + bad == 0)); then bad=$((bad + 1)); fi
    passed=$((passed + good))
    failed=$((failed + bad))
    if ((bad > 0)); then broken+=("$name"); fi
    printf -- '-- %s: %d passed, %d failed\n' "$name" "$good" "$bad"
}

# The tests' Python packages, in an environment that is made anew when their list changes.
python_environment() {
    local wanted
    wanted=$(cat "$application"/backend/requirements*.txt; python3 --version)
    if [[ -x $tools/python/bin/pytest && $(cat "$tools/python/made-for" 2>/dev/null) == "$wanted" ]]; then
        return 0
    fi
    rm -rf "$tools/python"
    python3 -m venv "$tools/python" &&
        "$tools/python/bin/pip" --quiet --disable-pip-version-check install \
            -r "$application/backend/requirements-dev.txt" &&
        printf '%s\n' "$wanted" >"$tools/python/made-for"
}

run_scripts() { run_pytest scripts/tests scripts; }

# The report of Swift Testing gets "-swift-testing" into its name.
# One after the other: many tests start real tools and engines, and some look at the time.
run_swift() { swift test --no-parallel --xunit-output "$results/swift.xml"; }

# run_pytest FOLDER NAME
run_pytest() {
    python_environment && (cd "$1" && "$tools/python/bin/python" -B -m pytest --junitxml "$results/$2.xml")
}

run_backend() { run_pytest "$application/backend" backend; }
run_chart() { run_pytest "$application/tests" chart; }

# The npm registry is not needed: esbuild compiles the sources, and node runs them.
run_frontend() {
    (cd "$application/frontend" && node --test --test-reporter=tap tests/frontend.test.js) | tee "$results/frontend.tap"
}

# The runbooks' own tests, in Lua.
run_runbooks() {
    swift build --product runbook &&
        "$(swift build --show-bin-path)/runbook" test runbooks/tests --output tap | tee "$results/runbooks.tap"
}

main() {
    local suites=("$@") name
    ((${#suites[@]} > 0)) || suites=(scripts swift backend frontend chart runbooks)
    mkdir -p "$results"
    bash scripts/install-tools.sh test || {
        printf '\n0 passed, 1 failed\n'
        return 1
    }
    export PATH=$tools/bin:$PATH
    for name in "${suites[@]}"; do
        case $name in
            scripts) suite scripts scripts.xml run_scripts ;;
            swift) suite swift swift-swift-testing.xml run_swift ;;
            backend) suite backend backend.xml run_backend ;;
            frontend) suite frontend frontend.tap run_frontend ;;
            chart) suite chart chart.xml run_chart ;;
            runbooks) suite runbooks runbooks.tap run_runbooks ;;
            *)
                printf "what is '%s'? suites: scripts swift backend frontend chart runbooks\n" "$name" >&2
                return 2
                ;;
        esac
    done
    if ((${#broken[@]} > 0)); then printf '\nfailed in: %s\n' "${broken[*]}"; fi
    printf '\n%d passed, %d failed\n' "$passed" "$failed"
    ((failed == 0))
}

main "$@"
