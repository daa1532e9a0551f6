#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# run.sh: the plugins against real mail servers, all of tests/lab/*.test at once, for each has a world
# of its own and mostly waits. Usage: tests/lab/run.sh BUILDDIR

set -eu
cd "$(dirname "$0")/../.."

build=${1:?usage: tests/lab/run.sh BUILDDIR}
limit=300 # seconds for one test
out=$(mktemp -d)
declare -A pid=() sum=([passed]=0 [failed]=0 [skipped]=0)

# The tests close their worlds before they end.
cleanup() {
	trap - EXIT INT TERM HUP
	[ ${#pid[@]} -eq 0 ] || kill "${pid[@]}" 2>/dev/null || :
	wait
	rm -rf "$out"
}
trap cleanup EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

for test in tests/lab/*.test; do
	timeout --foreground -k 20 "$limit" "$test" "$build" >"$out/$(basename "$test")" 2>&1 </dev/null &
	pid[$test]=$!
done
for test in tests/lab/*.test; do
	rc=0
	wait "${pid[$test]}" || rc=$?
	unset "pid[$test]"
	log=$out/$(basename "$test")
	line=$(tail -n 1 "$log")
	bad=1
	if [[ $line =~ ^[^\ ]+:\ ([0-9]+)\ passed,\ ([0-9]+)\ failed,\ ([0-9]+)\ skipped$ ]]; then
		sum[passed]=$((sum[passed] + BASH_REMATCH[1]))
		sum[skipped]=$((sum[skipped] + BASH_REMATCH[3]))
		bad=${BASH_REMATCH[2]}
	fi
	if [ "$rc" -ne 0 ] && [ "$bad" -eq 0 ]; then
		bad=1
	fi
	sum[failed]=$((sum[failed] + bad))
	if [ "$bad" -eq 0 ]; then
		grep '^SKIPPED' "$log" || :
		echo "$line"
	else
		sed 's/^/  /' "$log"
		echo "$test: FAILED, ended with $rc"
	fi
done
echo "lab: ${sum[passed]} passed, ${sum[failed]} failed, ${sum[skipped]} skipped"
[ "${sum[failed]}" -eq 0 ]
