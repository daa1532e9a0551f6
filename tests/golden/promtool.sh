#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# promtool.sh: Prometheus' own tool and its parser of OpenMetrics read --output=openmetrics.
# Usage: tests/golden/promtool.sh BUILDDIR

set -eu
cd "$(dirname "$0")/../.."

build=${1:?usage: tests/golden/promtool.sh BUILDDIR}
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
# shellcheck source=tests/golden/runs.sh
source tests/golden/runs.sh
passed=0
failed=0
skipped=0

# judge NAME COMMAND...: the command reads the output NAME, succeeds and has nothing to say
judge() {
	local name=$1 what=$1
	shift
	[ ! -f "${name%.*}.command" ] || what=$(cat "${name%.*}.command")
	if "$@" <"$name" >"$scratch/said" 2>&1 && [ ! -s "$scratch/said" ]; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		echo "$what: $1"
		sed 's/^/	/' "$scratch/said" "$name"
	fi
}

# No series twice, and the end where it belongs.
sound() {
	grep -v '^#' | sed 's/ [^ ]*$//' | sort | uniq -d
	[ "$(tail -n 1 "$1")" = '# EOF' ] && [ "$(grep -c '^# EOF$' "$1")" = 1 ]
}

# strictly FILE...: "NAME fault" of each that is not OpenMetrics
strictly() {
	"$python" - "$@" <<'END'
import sys
from prometheus_client.openmetrics.parser import text_string_to_metric_families

for name in sys.argv[1:]:
    try:
        families = list(text_string_to_metric_families(open(name).read()))
        assert families[0].name == "mailcheck_state" and len(families[0].samples) == 1, "no state"
        for family in families:
            assert family.samples and family.documentation and family.type == "gauge", family
    except (ValueError, AssertionError, IndexError) as fault:
        print(name, fault)
END
}

runs openmetrics
# What the renderer's own test has made: several objects, hostile words.
DUMP=$scratch/runs "$build/tests/unit/test_render_openmetrics" >/dev/null

outs=("$scratch"/runs/*.out "$scratch"/runs/*.openmetrics)

for out in "${outs[@]}"; do
	judge "$out" sound "$out"
done
if command -v promtool >/dev/null; then
	for out in "${outs[@]}"; do
		judge "$out" promtool check metrics
	done
else
	echo 'SKIPPED: promtool: promtool (Debian: prometheus) is not installed'
	skipped=$((skipped + 1))
fi
python=
for candidate in /usr/bin/python3 python3; do
	if [ -z "$python" ] && "$candidate" -c 'import prometheus_client.openmetrics.parser' 2>/dev/null; then
		python=$candidate
	fi
done
if [ -n "$python" ]; then
	cat "${outs[@]}" >"$scratch/all"
	judge "$scratch/all" strictly "${outs[@]}"
else
	echo 'SKIPPED: promtool: prometheus_client for Python is not installed'
	skipped=$((skipped + 1))
fi

echo "promtool: $passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ]
