#!/bin/sh
# Fuzzes the redactor or the .env reader with libFuzzer and AddressSanitizer, from the committed corpus.
#
#   Fuzz/run.sh redactor|dotenv [SECONDS]     run; new inputs stay in .build-fuzz, findings in fuzz-artifacts
#   Fuzz/run.sh redactor|dotenv minimise      write a minimal corpus back to Fuzz/corpus
#
# Calls swiftc itself: the sanitizer's flags have no place in Package.swift.
set -eu

cd "$(dirname "$0")/.."
target=$1
what=${2:-60}
case $target in
redactor | dotenv) ;;
*) echo "unknown target '$target': redactor or dotenv" >&2 && exit 2 ;;
esac

out=.build-fuzz
mkdir -p "$out/$target" fuzz-artifacts
flags="-O -parse-as-library -swift-version 6 -sanitize=fuzzer,address -I $out
    -enable-upcoming-feature ExistentialAny -enable-upcoming-feature MemberImportVisibility
    -enable-upcoming-feature NonisolatedNonsendingByDefault"

library() {
    name=$1
    shift
    # shellcheck disable=SC2086 # The flags are words.
    swiftc $flags -wmo -emit-module -emit-module-path "$out/$name.swiftmodule" -emit-object -o "$out/$name.o" \
        -module-name "$name" "$@"
}

library RunbookSecrets $(find Sources/RunbookSecrets -name '*.swift')
library RunbookFuzzProperties Fuzz/Properties/*.swift
# shellcheck disable=SC2086
swiftc $flags -module-name Fuzz "Fuzz/$target.swift" "$out/RunbookSecrets.o" "$out/RunbookFuzzProperties.o" \
    -o "$out/fuzz-$target"

if [ "$what" = minimise ]; then
    rm -rf "$out/minimal" && mkdir "$out/minimal"
    "$out/fuzz-$target" -merge=1 "$out/minimal" "Fuzz/corpus/$target" "$out/$target"
    rm -rf "Fuzz/corpus/$target" && mv "$out/minimal" "Fuzz/corpus/$target"
else
    "$out/fuzz-$target" -max_total_time="$what" -max_len=2048 -timeout=10 -rss_limit_mb=2048 -print_final_stats=1 \
        -artifact_prefix=fuzz-artifacts/ "$out/$target" "Fuzz/corpus/$target"
fi
