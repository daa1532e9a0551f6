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

# What check_smtp_auth can say without a server. $1 is the form that is asked for.
auth_alone() {
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

# And check_smtp_relay.
relay_alone() {
	local plugin=check_smtp_relay mail=(--from=a@example.org --to=b@example.net)
	local nobody=(-H 127.0.0.1 -p 1 "${mail[@]}")
	run "$plugin" --no-such-option --output="$1"
	run "$plugin" --output="$1"
	run "$plugin" --output="$1" "${nobody[@]}" --open-relay
	run "$plugin" --output="$1" "${nobody[@]}" --third-party='a "b"@example.org' --open-relay
	run "$plugin" --output="$1" "${nobody[@]}" -vv
	run "$plugin" --output="$1" "${nobody[@]}" --unmeasured=omit --state=refused=ok
	run "$plugin" --output="$1" "${nobody[@]}" -w accepted=1: -c unexpected=0
	run "$plugin" --output="$1" --mx "${mail[@]}" '--dns=127.0.0.1#1' -t 2
	run "$plugin" --output="$1" --mx "${mail[@]}" --to=x@example.com --expand-cname '--dns=127.0.0.1#1' -t 2
	echo 'a@example.org b@example.net - $maybe | or not' >"$scratch/matrix"
	run "$plugin" --output="$1" -H 127.0.0.1 -p 1 --matrix="$scratch/matrix"
	run "$plugin" --output="$1" -H 127.0.0.1 -p 1 --matrix="$scratch/no/such/file"
	mkfifo "$scratch/matrix.$1"
	run "$plugin" --output="$1" -H 127.0.0.1 --matrix="$scratch/matrix.$1" -t 0.2
}

# And check_mx_cname.
mx_alone() {
	local plugin=check_mx_cname nobody=(-d example.org '--dns=127.0.0.1#1' -t 2)
	run "$plugin" --no-such-option --output="$1"
	run "$plugin" --output="$1"
	run "$plugin" --output="$1" -d 'a "b" $HOME | \c'
	run "$plugin" --output="$1" "${nobody[@]}" --expect='ten mx.example.org'
	run "$plugin" --output="$1" "${nobody[@]}"
	run "$plugin" --output="$1" "${nobody[@]}" -vv
	run "$plugin" --output="$1" "${nobody[@]}" --unmeasured=omit --state=dns=ok
	run "$plugin" --output="$1" "${nobody[@]}" -w mx=2 -c ttl=60 -w servers=2
	run "$plugin" --output="$1" "${nobody[@]}" -d example.net --authoritative --ptr --require-dnssec
	run "$plugin" --output="$1" "${nobody[@]}" '--name-server=127.0.0.1#1'
}

# serve CASE: a server of the demo; sets peer, port, ca, dns
serve() {
	local from ready
	exec {from}< <(exec "$build/tests/peer/peer" serve -s "$1" tests/demo/demo.case)
	peer=$!
	read -r ready <&"$from"
	exec {from}<&-
	port=${ready#ready } port=${port%% *}
	ca=${ready#*CA=} ca=${ca%% *}
	dns=${ready#*DNS=} dns=${dns%% *}
}

# A server that takes the login, one that refuses it, one whose certificate has expired.
auth_served() {
	local case peer port ca dns
	(umask 077 && echo 'correct horse' >"$scratch/password")
	for case in submission refuses expired; do
		serve "$case"
		run check_smtp_auth --output="$1" -H mail.demo.test -p "$port" --dns="$dns" --ca-file="$ca" \
			-U alice --password-file="$scratch/password" -w 0.000 -c cert_days=30
		kill "$peer"
	done
}

# Every answer there is, from one server and from several.
relay_served() {
	local case peer port ca dns expect mail=(--from=shop@demo.test --to=customer@example.net)
	for case in relay relay-denied relay-login relay-blocked; do
		serve "$case"
		for expect in accept refuse; do
			run check_smtp_relay --output="$1" -H mail.demo.test -p "$port" --dns="$dns" "${mail[@]}" \
				--expect="$expect" -w accepted=1: -c unexpected=0
		done
		kill "$peer"
	done
	serve relay-backup
	run check_smtp_relay --output="$1" --mx -p "$port" --dns="$dns" --from='<>' --to=info@demo.test -w 0.000
	kill "$peer"
	serve relay-alias
	run check_smtp_relay --output="$1" -H mail.demo.test -p "$port" --dns="$dns" --expand-cname \
		--from=a@example.net --to=orders@shop.demo.test
	run check_smtp_relay --output="$1" --mx -p "$port" --dns="$dns" --expand-cname \
		--from=a@example.net --to=orders@shop.demo.test -v
	kill "$peer"
}

# Domains that are well and not, alone and together.
mx_served() {
	local peer port ca dns domain plugin=check_mx_cname
	serve maildns
	for domain in club store parked lost odd; do
		run "$plugin" --output="$1" --dns="$dns" -d "$domain.test" --ptr -w mx=2 -c addresses=1
	done
	run "$plugin" --output="$1" --dns="$dns" -d club.test -d store.test -d gone.test -v --require-dnssec
	run "$plugin" --output="$1" --dns="$dns" -d club.test --expect='10 mx1.club.test' \
		--expect='20 mx3.club.test' --name-server="$dns" -v
	kill "$peer"
}

# runs FORM: all of them
runs() {
	auth_alone "$1"
	relay_alone "$1"
	mx_alone "$1"
	auth_served "$1"
	relay_served "$1"
	mx_served "$1"
}
