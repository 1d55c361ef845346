#!/usr/bin/env bash
# Runs one libFuzzer target for REDRESS_FUZZ_SECONDS (2 unless it is set) on a corpus that begins with the given seeds. Prints
# how many inputs were tried and how much code they reached; the input that broke something is kept beside the target.
#
# Usage: guided.sh TARGET [SEED-FILE…]
set -euo pipefail
target=$1
shift
corpus=$(mktemp -d)
trap 'rm -rf -- "$corpus"' EXIT
(($# == 0)) || cp -- "$@" "$corpus"
"$target" -max_total_time="${REDRESS_FUZZ_SECONDS:-2}" -max_len=65536 -rss_limit_mb=4096 -timeout=20 -print_final_stats=1 -verbosity=1 \
  -artifact_prefix="$target-" "$corpus" 2>&1 | tail -n 60
