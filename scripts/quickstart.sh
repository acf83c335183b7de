#!/usr/bin/env bash
# Builds `runbook`, and shows it at work: deploys the todo chatbot to the simulated cluster that it brings along.
#
#   scripts/quickstart.sh [ARGUMENT...]     the arguments go to the run, such as --dry-run or -p replicas=3

set -euo pipefail

repository=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$repository"

bash scripts/install-tools.sh build
export PATH=$repository/.tools/bin:$PATH

binary=$(bash scripts/build.sh)

# Secrets of no worth, for this run only.
settings=$(mktemp)
trap 'rm -f "$settings"' EXIT
random() { od -An -N "$1" -t x1 /dev/urandom | tr -d ' \n'; }
cat >"$settings" <<END
DATABASE_URL=postgresql://todo:$(random 16)@db.example.com:5432/todo
BETTER_AUTH_SECRET=$(random 32)
END

"$binary" deploy-local.lua --sim --yes --env-file "$settings" "$@"
