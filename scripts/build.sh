#!/usr/bin/env bash
# Builds the program as it is meant to be used, and prints its path.
#
#   scripts/build.sh
#
# Swift's libraries are linked in. What the linker is told makes the program smaller and its start quicker; it is not
# in Package.swift, since a package with flags of that kind cannot be depended on (docs/benchmarks.md).

set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

build=(swift build -c release --product runbook --static-swift-stdlib)
if [[ $(uname -s) == Linux ]]; then build+=(-Xlinker -z -Xlinker pack-relative-relocs); fi
"${build[@]}" >&2
echo "$("${build[@]}" --show-bin-path)/runbook"
