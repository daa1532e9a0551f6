#!/bin/bash
# The list of causes in each manual is made from the plugin's own table: with --write it is
# made anew ("make manual"), else it is compared.
# SPDX-License-Identifier: GPL-3.0-or-later
set -eu

cd "$(dirname "$0")/../.."
build=$1 mode=${2:-}
passed=0 failed=0

# causes PLUGIN: the list in mdoc
causes() {
	echo '.Bl -tag -width Ds'
	"$1" --help-json | grep -o '"slug":"[^}]*' |
		sed 's/"slug":"\([^"]*\)","class":"\([^"]*\)","state":"\([^"]*\)","meaning":"\([^"]*\)".*/.It Cm \1 Pq \2 , \3\n\4./'
	echo '.El'
}

# anew MANUAL PLUGIN: the manual with its list of causes replaced
anew() {
	local list
	list=$(causes "$2" || true)
	LIST=$list awk '
		/^\.\\" causes end/ { skip = 0 }
		!skip { print }
		/^\.\\" causes begin/ { skip = 1; print ENVIRON["LIST"] }
	' "$1"
}

for manual in plugins/*.8; do
	plugin=$build/${manual%.8}
	anew "$manual" "$plugin" >"$build/manual.new"
	if [[ $mode == --write ]]; then
		cp "$build/manual.new" "$manual"
	fi
	if cmp -s "$manual" "$build/manual.new"; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		echo "$manual: the list of causes is not that of the plugin: make manual"
	fi
done
rm -f "$build/manual.new"
echo "manual: $passed passed, $failed failed, 0 skipped"
[[ $failed -eq 0 ]]
