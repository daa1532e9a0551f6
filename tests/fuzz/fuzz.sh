#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# fuzz.sh: lets libFuzzer look for inputs that break a parser. Usage: [FUZZ_SECONDS=20] tests/fuzz/fuzz.sh [NAME...]
#
# Each harness starts from its corpus; what it finds on the way stays in a scratch folder. An input
# that breaks something is kept in build-fuzz/: mend the code and add the input to the corpus.

set -eu
shopt -s nullglob
cd "$(dirname "$0")/../.."

seconds=${FUZZ_SECONDS:-20}
dir=build-fuzz
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
passed=0
failed=0
skipped=0

# The fuzzer's own main() comes with the linking.
build() {
	make -s -j "$(nproc)" CC=clang SANITIZE=address,undefined,fuzzer-no-link B="$dir" \
		"$dir/libpostmaster.a" "$dir/tests/fuzz/$1.o" &&
		clang -fsanitize=fuzzer,address,undefined -o "$dir/$1" "$dir/tests/fuzz/$1.o" \
			"$dir/libpostmaster.a" -Wl,--as-needed -lldns -lssl -lcrypto -lpthread
}

run() {
	mkdir -p "$scratch/$1"
	"$dir/$1" -max_total_time="$seconds" -timeout=5 -rss_limit_mb=1024 -print_final_stats=1 \
		-artifact_prefix="$dir/$1-" "$scratch/$1" "tests/fuzz/corpus/${1#fuzz_}"
}

harnesses=(tests/fuzz/fuzz_*.c)
[ $# -eq 0 ] || harnesses=("${@/#/tests/fuzz/fuzz_}")
for source in "${harnesses[@]}"; do
	name=$(basename "$source" .c)
	if ! command -v clang >/dev/null; then
		skipped=$((skipped + 1))
		echo "SKIPPED: $name: clang is not installed"
	elif build "$name" >"$scratch/log" 2>&1 && run "$name" >"$scratch/log" 2>&1; then
		passed=$((passed + 1))
		sed -n "s/^stat::number_of_executed_units: */$name: runs: /p" "$scratch/log"
	else
		failed=$((failed + 1))
		tail -n 60 "$scratch/log"
		echo "$name: FAILED"
	fi
done

echo "fuzz: $passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ]
