#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# lint.sh: two compilers, four linters. Usage: tests/lint.sh

set -eu
shopt -s nullglob
cd "$(dirname "$0")/.."

out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
passed=0
failed=0
skipped=0
mapfile -t sources < <(find common plugins tests -name '*.c' | sort)

# judge WHAT COMMAND...: one thing is well if the command succeeds.
judge() {
	local what=$1
	shift
	if "$@" >"$out/said" 2>&1; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		echo "$what:"
		sed -e '/^  CC /d' -e 's/^/  /' "$out/said"
	fi
}

# has COMMAND: is the linter there? If not, that is one skipped.
has() {
	if ! command -v "$1" >/dev/null; then
		skipped=$((skipped + 1))
		echo "SKIPPED: $1 is not installed"
		return 1
	fi
}

# compile COMPILER: everything, warnings as errors
compile() {
	local objects=("${sources[@]/#/build-lint-$1/}")
	make -s -j "$(nproc)" -k CC="$1" WERROR=1 B="build-lint-$1" "${objects[@]/%.c/.o}"
}

# tidy SOURCE: leaves a file behind when it is not. The analyzer gets a sixth of its usual number
# of nodes, which takes a third of the time and found the same here.
tidy() {
	local said
	said=$(mktemp -p "$tidied")
	if clang-tidy -quiet "$1" -- -std=c11 -D_GNU_SOURCE -DVERSION='"0"' -iquote common -iquote tests \
		-Xclang -analyzer-config -Xclang max-nodes=40000 >"$said" 2>&1; then
		rm "$said"
	fi
}

tidy_all() {
	export tidied=$out/tidy
	mkdir "$tidied"
	export -f tidy
	# shellcheck disable=SC2016
	printf '%s\0' "${sources[@]}" | xargs -0 -n 1 -P "$(nproc)" bash -c 'tidy "$0"'
	passed=$((passed + ${#sources[@]}))
	for said in "$tidied"/*; do
		passed=$((passed - 1))
		failed=$((failed + 1))
		echo "clang-tidy:"
		grep -A 2 ': error: ' "$said" || cat "$said"
	done
}

check_all() {
	cppcheck --quiet --error-exitcode=1 --std=c11 -j "$(nproc)" --inline-suppr \
		--enable=warning,performance,portability -I common -I tests "${sources[@]}"
}

scripts() {
	local file
	find . \( -path ./.git -o -path './build*' \) -prune -o -type f -size -200k -print | sort |
		while read -r file; do
			read -r first <"$file" || :
			case $first in
			'#!'*/bash | '#!'*/sh | '#!'*/'env bash') echo "$file" ;;
			esac
		done 2>/dev/null
}

for compiler in gcc clang; do
	! has "$compiler" || judge "$compiler" compile "$compiler"
done
! has clang-tidy || tidy_all
! has cppcheck || judge cppcheck check_all
if has shellcheck; then
	for script in $(scripts); do
		judge shellcheck shellcheck -x "$script"
	done
fi
if has mandoc; then
	for page in plugins/*.8; do
		judge mandoc mandoc -T lint -W warning "$page"
	done
fi

echo "lint: $passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ]
