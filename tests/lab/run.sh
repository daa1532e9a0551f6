#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# run.sh: the plugins against real mail servers, tests/lab/*.test in turn. Usage: tests/lab/run.sh BUILDDIR

set -eu
cd "$(dirname "$0")/../.."

build=${1:?usage: tests/lab/run.sh BUILDDIR}
limit=300 # seconds for one test
out=$(mktemp)
trap 'rm -f "$out"' EXIT
trap 'exit 130' INT
declare -A sum=([passed]=0 [failed]=0 [skipped]=0)

for test in tests/lab/*.test; do
	rc=0
	timeout --foreground -k 20 "$limit" "$test" "$build" >"$out" 2>&1 </dev/null || rc=$?
	line=$(tail -n 1 "$out")
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
		grep '^SKIPPED' "$out" || :
		echo "$line"
	else
		sed 's/^/  /' "$out"
		echo "$test: FAILED, ended with $rc"
	fi
done
echo "lab: ${sum[passed]} passed, ${sum[failed]} failed, ${sum[skipped]} skipped"
[ "${sum[failed]}" -eq 0 ]
