#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# lab.sh: a small world of its own for real servers; sourced by tests/lab/*.test.
#
# The world is a network namespace with nothing but loopback, so that ports 25 and 53 are free
# and nothing can be reached outside; its resolv.conf and hosts are its own; and all that runs in
# it is known, and ends with it. Any number of worlds may exist at once.
#
# $lab is the world's name, $dir its folder.

set -eu

build=$(readlink -f "${1:?usage: $0 BUILDDIR}")
suite=$(basename "$0" .test)
# What cannot be installed beside the others is unpacked by tests/deps.sh.
unpacked=$(readlink -f "$(dirname "${BASH_SOURCE[0]}")/../..")/build-lab
PATH=$build/plugins:$PATH:/usr/sbin:/sbin:$unpacked/usr/sbin
passed=0
failed=0
skipped=0
counted=
lab=
world_error=

# --- the world ---

# needs COMMAND...: without them, or without a world to put them in, the test is skipped as a whole.
needs() {
	local command reason=
	for command in "$@"; do
		command -v "$command" >/dev/null || reason="$command is not installed"
	done
	if [ "$(id -u)" -ne 0 ]; then
		reason='only root can make a network namespace'
	elif [ -z "$reason" ] && ! lab_open; then
		reason="a network namespace cannot be made here ($world_error)"
	fi
	if [ -n "$reason" ]; then
		skip "all of $suite" "$(grep -cE '^[[:space:]]*(expect|claim) ' "$0")" "$reason"
		count
		exit 0
	fi
}

# skip WHAT NUMBER REASON
skip() {
	skipped=$((skipped + $2))
	echo "SKIPPED: $1 (at least $2): $3"
}

lab_open() {
	lab=postmaster-$$-$RANDOM
	world_error=$(ip netns add "$lab" 2>&1) || return
	trap lab_close EXIT
	trap 'exit 130' INT
	trap 'exit 143' TERM HUP
	dir=$(mktemp -d "/tmp/$lab.XXXXXX")
	chmod 755 "$dir"
	ip -n "$lab" link set lo up
	mkdir -p "/etc/netns/$lab"
	echo 'nameserver 127.0.0.1' >"/etc/netns/$lab/resolv.conf"
	echo '127.0.0.1 localhost' >"/etc/netns/$lab/hosts"
	world_error=$(inside true 2>&1)
}

lab_close() {
	local rc=$? signal
	trap - EXIT INT TERM HUP
	[ -n "$counted" ] || show_logs
	for signal in TERM KILL KILL; do
		lab_signal "$signal"
		within 3 lab_empty && break
	done
	ip netns del "$lab"
	rm -rf "/etc/netns/$lab" "$dir"
	rmdir /etc/netns 2>/dev/null || :
	exit "$rc"
}

# Stopped processes hear of their end only once they go on.
lab_signal() {
	local pids
	pids=$(ip netns pids "$lab")
	# shellcheck disable=SC2086
	[ -z "$pids" ] || kill "-$1" $pids 2>/dev/null || :
	# shellcheck disable=SC2086
	[ -z "$pids" ] || kill -CONT $pids 2>/dev/null || :
}

lab_empty() {
	[ -z "$(ip netns pids "$lab")" ]
}

show_logs() {
	tail -n 40 "$dir"/*.log | sed 's/^/    /'
}

inside() {
	ip netns exec "$lab" "$@"
}

# --- servers ---

# start NAME COMMAND...: a server that stays in the foreground, as a process group of its own.
start() {
	local name=$1
	shift
	ip netns exec "$lab" setsid "$@" >>"$dir/$name.out.log" 2>&1 </dev/null &
	echo $! >"$dir/$name.pid"
}

# tell NAME SIGNAL: to all processes of the server
tell() {
	kill "-$2" -- "-$(cat "$dir/$1.pid")"
}

stop() {
	tell "$1" TERM
	within 5 gone "$1"
}

gone() {
	! tell "$1" 0 2>/dev/null
}

# within SECONDS COMMAND...: waits until the command succeeds, and fails when it does not in time.
within() {
	local end=$(($(date +%s%N) + $1 * 1000000000))
	shift
	until "$@"; do
		[ "$(date +%s%N)" -lt "$end" ] || return 1
		sleep 0.05
	done
}

# No connection is made, so that the server's log stays as it is.
listens() {
	[ -n "$(inside ss -Hltun "sport = :$1")" ]
}

# await PORT...: servers that do not come up end the test.
await() {
	local port
	for port in "$@"; do
		if ! within 20 listens "$port"; then
			echo "nothing listens on port $port"
			exit 1
		fi
	done
}

# --- secrets ---

# secret NAME LINE...: a file that only its owner can read; no plugin may print one of its lines.
secret() {
	local name=$1
	shift
	(umask 077 && printf '%s\n' "$@" >"$dir/$name")
	printf '%s\n' "$@" >>"$dir/secrets"
}

# Does a file hold one of the secrets?
tells() {
	[ -s "$dir/secrets" ] && grep -qFf "$dir/secrets" "$@"
}

# --- expectations ---

# verdict TEXT PROBLEM
verdict() {
	if [ -z "$2" ]; then
		passed=$((passed + 1))
		return
	fi
	failed=$((failed + 1))
	echo "FAILED: $1: $2"
}

# expect EXIT SLUG [WORDS] -- COMMAND...: runs a plugin in the world. SLUG is "-" where no cause
# is to be named; WORDS is a regular expression that the first line's sentence holds.
expect() {
	local code=$1 slug=$2 words=. rc=0 states=(OK WARNING CRITICAL UNKNOWN) first form problem=
	shift 2
	[ "$1" = -- ] || { words=$1; shift; }
	shift
	inside timeout --foreground 60 "$@" >"$dir/stdout" 2>"$dir/stderr" </dev/null || rc=$?
	first=$(head -n 1 "$dir/stdout")
	form="^[A-Z_]+ ${states[$code]} - [^|]+ \\[$slug\\] \\| time="
	[ "$slug" != - ] || form="^[A-Z_]+ ${states[$code]} - [^|]*[^]|] \\| time="
	[ "$rc" -eq "$code" ] || problem="ended with $rc instead of $code"
	[[ $first =~ $form ]] || problem="$problem; the first line is not $form"
	[[ ${first%%|*} =~ $words ]] || problem="$problem; the sentence lacks $words"
	[ "$(tr -cd '|' <"$dir/stdout" | wc -c)" -eq 1 ] || problem="$problem; not one bar"
	[ ! -s "$dir/stderr" ] || problem="$problem; something on stderr"
	! tells "$dir/stdout" "$dir/stderr" || problem="$problem; a secret shows"
	verdict "$*" "${problem#; }"
	[ -z "$problem" ] || sed 's/^/    /' "$dir/stdout" "$dir/stderr"
}

# claim TEXT COMMAND...: something else that must be so
claim() {
	local text=$1 problem=
	shift
	"$@" >"$dir/stdout" 2>&1 || problem="$* fails"
	verdict "$text" "$problem"
	[ -z "$problem" ] || sed 's/^/    /' "$dir/stdout"
}

# count: ends the test
count() {
	[ "$failed" -eq 0 ] || show_logs
	counted=yes
	echo "$suite: $passed passed, $failed failed, $skipped skipped"
	[ "$failed" -eq 0 ]
}
