#!/usr/bin/env bash
# Builds the program as it is meant to be used, and prints its path.
#
#   scripts/build.sh
#
# Swift's libraries are linked in. At a fixed address the program starts quicker (docs/decisions/0061); that is not said in
# Package.swift, since a package with flags of that kind cannot be depended on.

set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

build=(swift build -c release --product runbook --static-swift-stdlib)
if [[ $(uname -s) == Linux ]]; then build+=(-Xlinker -no-pie); fi
"${build[@]}" >&2
echo "$("${build[@]}" --show-bin-path)/runbook"
