#!/usr/bin/env bash
# Runs the fuzzers under ASan and UBSan, all at once, for so many seconds each (60):
#
#   fuzz/run.sh [SECONDS] [NAME…]
#
# New inputs stay in build/fuzz/corpus/NAME; a finding is left in build/fuzz/findings/NAME-*, and the
# exit status tells. A finding's input belongs into fuzz/corpus/NAME, where ./check replays it.
set -euo pipefail
cd "$(dirname "$0")/.."
seconds=${1:-60}
shift || true
cmake --preset fuzz > /dev/null
cmake --build --preset fuzz
mkdir -p build/fuzz/findings build/fuzz/log
[ $# -gt 0 ] || { set -- fuzz/fuzz_*.c; set -- "${@##*/fuzz_}"; set -- "${@%.c}"; }
declare -A running
for name in "$@"; do
    mkdir -p "build/fuzz/corpus/$name"
    "build/fuzz/bin/fuzz_$name" -max_total_time="$seconds" -timeout=20 -rss_limit_mb=2048 \
        -print_final_stats=1 -artifact_prefix="build/fuzz/findings/$name-" \
        "build/fuzz/corpus/$name" "fuzz/corpus/$name" > "build/fuzz/log/$name" 2>&1 &
    running[$name]=$!
done
status=0
for name in "$@"; do
    if wait "${running[$name]}"; then verdict=clean; else verdict=FINDING status=1; fi
    executed=$(sed -n 's/^stat::number_of_executed_units: *//p' "build/fuzz/log/$name")
    printf '%-16s %-8s %12s runs in %s s\n' "$name" "$verdict" "${executed:-?}" "$seconds"
done
exit "$status"
