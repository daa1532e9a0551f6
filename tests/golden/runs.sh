# shellcheck shell=bash
# SPDX-License-Identifier: GPL-3.0-or-later
# runs.sh: runs of every plugin in many states, for the scripts that judge the outputs for machines.
#
# To be sourced with $build and $scratch set. Every run leaves NAME.out and NAME.rc in $scratch/runs.

mkdir -p "$scratch/runs"
n=0

# run PLUGIN ARGUMENT...: one run, whose command line is kept in NAME.command
run() {
	local rc=0 name
	n=$((n + 1))
	name=$scratch/runs/$(printf '%02d' "$n")
	echo "$*" >"$name.command"
	timeout 20 "$build/plugins/$1" "${@:2}" >"$name.out" 2>"$name.err" </dev/null || rc=$?
	echo "$rc" >"$name.rc"
}

# What can be said without a server. $1 is the form that is asked for.
without_server() {
	local plugin=check_smtp_auth nobody=(-H 127.0.0.1 -p 1)
	run "$plugin" --no-such-option --output="$1"
	run "$plugin" --output "$1" --no-such-option
	run "$plugin" -H 'a "quote" \ $HOME |' --output="$1"
	run "$plugin" --output=xml --output="$1"
	run "$plugin" --explain=bad-luck --output="$1"
	run "$plugin" --output="$1" "${nobody[@]}" -w 20:10
	run "$plugin" --output="$1" "${nobody[@]}"
	run "$plugin" --output="$1" "${nobody[@]}" -vv
	run "$plugin" --output="$1" "${nobody[@]}" --unmeasured=omit --state=refused=ok
	run "$plugin" --output="$1" "${nobody[@]}" -w '~:0' -c @-5:1000000 -w cert_days=21 -c 'auth=0.5'
	run "$plugin" --output="$1" "${nobody[@]}" --transcript="$scratch/no/such/folder"
	run "$plugin" --output="$1" -H no-such-host.test '--dns=127.0.0.1#1' -t 2
	mkfifo "$scratch/fifo.$1"
	run "$plugin" --output="$1" "${nobody[@]}" -U alice --password-file="$scratch/fifo.$1" -t 0.2
	run "$plugin" -t 0.2 --extra-opts=a@"$scratch/fifo.$1" --output="$1"
}

# A server that takes the login, one that refuses it, one whose certificate has expired.
with_server() {
	local case from ready port ca dns peer
	(umask 077 && echo 'correct horse' >"$scratch/password")
	for case in submission refuses expired; do
		exec {from}< <(exec "$build/tests/peer/peer" serve -s "$case" tests/demo/demo.case)
		peer=$!
		read -r ready <&"$from"
		port=${ready#ready } port=${port%% *}
		ca=${ready#*CA=} ca=${ca%% *}
		dns=${ready#*DNS=} dns=${dns%% *}
		run check_smtp_auth --output="$1" -H mail.demo.test -p "$port" --dns="$dns" --ca-file="$ca" \
			-U alice --password-file="$scratch/password" -w 0.000 -c cert_days=30
		kill "$peer"
		exec {from}<&-
	done
}

# runs FORM: all of them
runs() {
	without_server "$1"
	with_server "$1"
}
