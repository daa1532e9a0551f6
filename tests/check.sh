#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# check.sh: runs every suite of "make check" and sums what they counted. Usage: tests/check.sh BUILDDIR
#
# A suite is a command whose last line is "NAME: N passed, N failed, N skipped". Of one that
# passed only this line is shown; of one that failed, all it said. Ending badly is a failure too,
# and so is to end without that line.

set -eu
shopt -s nullglob
cd "$(dirname "$0")/.."

build=${1:?usage: tests/check.sh BUILDDIR}
limit=1200 # seconds: nothing here may hang
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
names=()
declare -A sum=([passed]=0 [failed]=0 [skipped]=0)
export UBSAN_OPTIONS=${UBSAN_OPTIONS:-print_stacktrace=1}
# What is freed is kept for a while; more of it than this only makes every fork slow.
export ASAN_OPTIONS=${ASAN_OPTIONS:-quarantine_size_mb=16}

# begin NAME COMMAND...: starts a suite; as many run at once as there are processors.
begin() {
	local name=$1 rc=0
	shift
	names+=("$name")
	while [ "$(jobs -rp | wc -l)" -ge "$(nproc)" ]; do
		wait -n || :
	done
	{
		timeout -k 5 "$limit" "$@" >"$out/$name" 2>&1 </dev/null || rc=$?
		echo "$rc" >"$out/$name.rc"
	} &
}

# report NAME: shows how a suite ended and adds it up.
report() {
	local line rc bad=0 form='^[^ ]+: ([0-9]+) passed, ([0-9]+) failed, ([0-9]+) skipped$'
	line=$(tail -n 1 "$out/$1")
	rc=$(cat "$out/$1.rc")
	if [[ $line =~ $form ]]; then
		sum[passed]=$((sum[passed] + BASH_REMATCH[1]))
		sum[skipped]=$((sum[skipped] + BASH_REMATCH[3]))
		bad=${BASH_REMATCH[2]}
	else
		rc="$rc and no count" bad=1
	fi
	if [ "$rc" != 0 ] && [ "$bad" -eq 0 ]; then
		bad=1
	fi
	sum[failed]=$((sum[failed] + bad))
	if [ "$bad" -eq 0 ]; then
		grep '^SKIPPED' "$out/$1" || :
		echo "$line"
	else
		sed "s/^/  /" "$out/$1"
		echo "$1: FAILED, ended with $rc"
	fi
}

for source in tests/unit/test_*.c; do
	begin "$(basename "$source" .c)" "$build/${source%.c}"
done
for source in tests/fuzz/fuzz_*.c; do
	name=$(basename "$source" .c)
	begin "$name" "$build/${source%.c}" tests/fuzz/corpus/"${name#fuzz_}"/*
done
begin floors tests/floors.sh "$build"
for script in tests/golden/*.sh; do
	[ ! -x "$script" ] || begin "$(basename "$script" .sh)" "$script" "$build"
done
# Last and alone, for its cases have clocks in them.
wait
cases=(tests/peer/*.case tests/golden/*.case)
[ ${#cases[@]} -eq 0 ] || begin peer "$build/tests/peer/peer" run -b "$build" "${cases[@]}"
wait

for name in "${names[@]}"; do
	report "$name"
done
echo "check: ${sum[passed]} passed, ${sum[failed]} failed, ${sum[skipped]} skipped"
[ "${sum[failed]}" -eq 0 ]
