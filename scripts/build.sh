#!/usr/bin/env bash
# Builds the program as it is meant to be used, and prints its path.
#
#   scripts/build.sh
#
# Swift's libraries are linked in. On Linux the program starts quicker at a fixed address, without a table of its 48,000
# symbols, and with C++'s library linked in (docs/decisions/0061). None of that is said in Package.swift, since a package with
# flags of that kind cannot be depended on.

set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

build=(swift build -c release --product runbook --static-swift-stdlib)
if [[ $(uname -s) == Linux ]]; then
    build+=(-Xlinker -no-pie -Xlinker "--version-script=$PWD/scripts/no-exports.map")
    # Not every distribution has the archive; the linker takes it where it is the first that is found.
    archive=$(clang -print-file-name=libstdc++.a || true)
    if [[ -f $archive ]]; then
        mkdir -p .build/static
        ln -sf "$archive" .build/static/
        build+=(-Xswiftc "-L$PWD/.build/static")
    fi
fi
"${build[@]}" >&2
echo "$("${build[@]}" --show-bin-path)/runbook"
