#!/bin/bash
# What our plugins cost against the ones they replace, as ratios of one run on one machine.
# Instructions (callgrind) decide, CPU time reports; above a goal is an exit of 1.
# SPDX-License-Identifier: GPL-3.0-or-later
set -eu

cd "$(dirname "$0")/../.."
build=$1
rounds=${BENCH_ROUNDS:-30}
peer_pid=
over=0
check_smtp='' check_dig=''
for dir in /usr/lib/nagios/plugins /usr/lib64/nagios/plugins /usr/lib/monitoring-plugins; do
	[[ -x $dir/check_smtp ]] && check_smtp=$dir/check_smtp
	[[ -x $dir/check_dig ]] && check_dig=$dir/check_dig
done

finish() {
	[[ -z $peer_pid ]] || kill "$peer_pid" 2>/dev/null || true
}
trap finish EXIT

# serve CASE: starts the scripted peer; sets port, ca
serve() {
	local ready word
	finish
	exec {from_peer}< <(exec "$build/tests/peer/peer" serve -s "$1" tests/bench/bench.case)
	peer_pid=$!
	read -r ready <&"$from_peer"
	for word in $ready; do
		case $word in
		CA=*) ca=${word#CA=} ;;
		DIR=*) dir=${word#DIR=} ;;
		DNS=*) dns=${word#DNS=} ;;
		esac
	done
	port=${ready#ready }
	port=${port%% *}
}

# instructions COMMAND...
instructions() {
	valgrind --tool=callgrind --callgrind-out-file=/dev/null "$@" 2>&1 >/dev/null |
		sed -n 's/.*Collected : \([0-9]*\).*/\1/p'
}

# cpu COMMAND...: milliseconds of user and system time for one run
cpu() {
	local TIMEFORMAT='%U %S' i
	{ time for ((i = 0; i < rounds; i++)); do "$@" >/dev/null; done; } 2>&1 |
		awk -v n="$rounds" '{ printf "%.2f", ($1 + $2) * 1000 / n }'
}

# both OUR-COMMAND... -- THEIR-COMMAND...: sets ours and theirs; what fails is not measured
both() {
	ours=()
	while [[ $1 != -- ]]; do
		ours+=("$1")
		shift
	done
	theirs=("${@:2}")
	works "${ours[@]}"
	works "${theirs[@]}"
}

# works COMMAND...
works() {
	"$@" >/dev/null || { echo "this run failed: $*: $("$@")" && exit 1; }
}

# compare NAME GOAL OUR-COMMAND... -- THEIR-COMMAND...
compare() {
	local name=$1 goal=$2 ours theirs mine other
	both "${@:3}"
	mine=$(instructions "${ours[@]}")
	other=$(instructions "${theirs[@]}")
	awk -v name="$name" -v goal="$goal" -v a="$mine" -v b="$other" \
		-v x="$(cpu "${ours[@]}")" -v y="$(cpu "${theirs[@]}")" 'BEGIN {
		printf "%-34s %12d %12d %7.2f %7s %s %7.2f ms %7.2f ms\n", name, a, b, a / b, goal,
		    a / b <= goal ? "  " : "<-", x, y
		exit a / b > goal }' || over=1
}

# compare_cpu NAME GOAL OUR-COMMAND... -- THEIR-COMMAND...: for programs that start others
compare_cpu() {
	local name=$1 goal=$2 ours theirs
	both "${@:3}"
	awk -v name="$name" -v goal="$goal" -v a="$(cpu "${ours[@]}")" -v b="$(cpu "${theirs[@]}")" 'BEGIN {
		printf "%-34s %9.2f ms %9.2f ms %7.2f %7s %s\n", name, a, b, a / b, goal, a / b <= goal ? "" : "<-"
		exit a / b > goal }' || over=1
}

# compare_wall NAME GOAL MILLISECONDS COMMAND...: how many delays of an answer a run takes
compare_wall() {
	local name=$1 goal=$2 delay=$3 start
	shift 3
	works "$@"
	start=$(date +%s%N)
	"$@" >/dev/null
	awk -v name="$name" -v goal="$goal" -v a="$((($(date +%s%N) - start) / 1000))" -v b="$delay" 'BEGIN {
		a /= 1000
		printf "%-34s %9.2f ms %9.2f ms %7.2f %7s %s\n", name, a, b, a / b, goal, a / b <= goal ? "" : "<-"
		exit a / b > goal }' || over=1
}

if [[ -z $check_smtp ]] || ! command -v valgrind >/dev/null; then
	echo 'bench: needs check_smtp (package monitoring-plugins-basic) and valgrind: make deps'
	exit 1
fi
# Where OpenSSL finds nothing to trust, check_smtp would read the whole bundle, and we would not.
unset SSL_CERT_FILE SSL_CERT_DIR
goal_plain=1.30 goal_login=1.15 goal_dns=0.25
if ! ldd "$build/plugins/check_smtp_auth" >/dev/null 2>&1; then
	goal_plain=0.30 goal_login=0.95 goal_dns=0.10
fi
auth=$build/plugins/check_smtp_auth
printf '%-34s %12s %12s %7s %7s    %10s %10s\n' 'instructions' ours theirs ratio goal 'cpu ours' theirs
serve plain
compare 'plain / check_smtp' "$goal_plain" "$auth" -H 127.0.0.1 -p "$port" --tls=none -F a.test -- \
	"$check_smtp" -H 127.0.0.1 -p "$port" -F a.test
serve login
(umask 077 && echo s3cret >"$dir/password")
compare 'STARTTLS, verified, login / -S -A' "$goal_login" "$auth" -H 127.0.0.1 -p "$port" -F a.test \
	--ca-file="$ca" -U alice --password-file="$dir/password" --mechanism=LOGIN -- \
	"$check_smtp" -H 127.0.0.1 -p "$port" -F a.test -S -A LOGIN -U alice -P s3cret

mx=$build/plugins/check_mx_cname
printf '\n%-34s %12s %12s %7s %7s\n' 'CPU time' ours theirs ratio goal
if [[ -n $check_dig ]] && command -v dig >/dev/null; then
	serve domain
	compare_cpu 'a domain, 7 questions / check_dig' "$goal_dns" "$mx" -d d.test --dns="$dns" -- \
		"$check_dig" -H 127.0.0.1 -p "${dns#*#}" -l d.test -T MX -a '10 mx1.d.test'
else
	echo 'check_dig is not there (package monitoring-plugins-standard, and dig): not compared'
fi
printf '\n%-34s %12s %12s %7s %7s\n' 'time' ours 'one answer' ratio goal
serve far
compare_wall 'eight exchangers' 2.2 200 "$mx" -d d.test --dns="$dns"
exit "$over"
