#!/bin/bash
# Shows the plugins in good and bad cases, as a person sees them: "make demo". The mail and name
# servers are the scripted peer, on loopback; nothing is left behind.
# SPDX-License-Identifier: GPL-3.0-or-later
set -eu

cd "$(dirname "$0")/../.."
build=$1
work=$(mktemp -d)
peers=()
bold='' plain=''
if [[ -t 1 && -z ${NO_COLOR:-} ]]; then
	bold=$(tput bold 2>/dev/null || true) plain=$(tput sgr0 2>/dev/null || true)
fi
PATH=$PWD/$build/plugins:$PATH

finish() {
	[[ ${#peers[@]} -eq 0 ]] || kill "${peers[@]}" 2>/dev/null || true
	rm -rf "$work"
}
trap finish EXIT

# serve CASE: a server of its own; sets port, dns, dns2, dns3, ca
serve() {
	local from ready
	exec {from}< <(exec "$build/tests/peer/peer" serve -s "$1" tests/demo/demo.case)
	peers+=($!)
	read -r ready <&"$from"
	port=${ready#ready } port=${port%% *}
	ca=${ready#*CA=} ca=${ca%% *}
	dns=${ready#*DNS=} dns=${dns%% *}
	dns2=${ready#*DNS2=} dns2=${dns2%% *}
	dns3=${ready#*DNS3=} dns3=${dns3%% *}
}

# show TITLE COMMAND...: with the exit code, whatever it is
show() {
	local rc=0
	printf '\n%s# %s%s\n' "$bold" "$1" "$plain"
	shift
	printf '$ %s\n' "$*"
	"$@" 2>&1 || rc=$?
	printf '(exit code %d)\n' "$rc"
}

(umask 077 && cd "$work" && echo correct-horse >password && echo opaque-token >token &&
	printf '%s\n' '# as shipped' admin:admin >defaults &&
	printf '%s\n' '[shop]' user=alice password=correct-horse >logins &&
	cat >matrix) <<'EOF'
# SENDER           RECIPIENT             LOGIN        EXPECT
scanner@demo.test  customer@example.net  -            refuse
<>                 info@demo.test        -            accept
shop@demo.test     customer@example.net  shop@logins  accept
boss@demo.test     customer@example.net  shop@logins  refuse
EOF
login=(-U alice --password-file=password)
build=$(readlink -f "$build")
home=$PWD

# at PORT: the options that find the demo's server, whose name only the demo's DNS knows
at() {
	server=(-H mail.demo.test -p "$port" --dns="$dns" --ca-file=ca.pem)
	cp "$ca" "$work/ca.pem"
}

# try TITLE CASE OPTION...: one server, one run of check_smtp_auth, which trusts its certificate
try() {
	local title=$1
	cd "$home"
	serve "$2"
	at
	shift 2
	cd "$work"
	show "$title" check_smtp_auth "${server[@]}" "$@"
}

# ask TITLE CASE OPTION...: the same with check_smtp_relay, which trusts nobody unless asked to
ask() {
	local title=$1 where=(-H mail.demo.test)
	cd "$home"
	serve "$2"
	[[ ! -f $ca ]] || cp "$ca" "$work/ca.pem"
	shift 2
	cd "$work"
	[[ $1 != --mx ]] || where=()
	show "$title" check_smtp_relay "${where[@]}" -p "$port" --dns="$dns" "$@"
}

try 'The account can log in' submission "${login[@]}" -v
try 'With the strongest mechanism that the server offers' strong "${login[@]}" -v
try 'As a monitoring system calls it, with thresholds' submission "${login[@]}" -w auth=1 -c cert_days=14
try 'The password is wrong' refuses "${login[@]}" -v
try 'The login service of the server is down: not the fault of the account' backend-down "${login[@]}" -v
try 'The certificate has expired: no password is sent' expired "${login[@]}" -v
try 'Another name than the one in the certificate' submission "${login[@]}" -v --tls-name=smtp.demo.test
try 'The right password works - and so does every other' any-password "${login[@]}" --control -v
try 'Logins that must not work' any-password --must-reject=defaults -v
try 'What the server may and may not offer' submission --require-mechanism=SCRAM-SHA-256 --forbid-mechanism=LOGIN -v
try 'A token of OAuth 2 that the server refuses, and why' token -U alice --token-file=token -v
try 'Does it take mail from this sender? None is sent' sender "${login[@]}" --from=boss@demo.test -v
try 'Port 25 offers no login' port-25 "${login[@]}" -v
try 'A port that speaks TLS at once, asked with STARTTLS' implicit "${login[@]}" -t 4 -v
try 'The same port, asked the right way' implicit "${login[@]}" --ssl
try 'A port that greets in plain text, asked with implicit TLS' submission "${login[@]}" --ssl -v
show 'A name that does not exist' check_smtp_auth -H mial.demo.test --dns="$dns" -v
show 'Nothing listens there' check_smtp_auth -H 127.0.0.1 -p 1 -v
try 'The dialogue, for an incident; secrets stay hidden' submission "${login[@]}" -vv
try 'For scripts: JSON' refuses "${login[@]}" --output=json
try 'For Prometheus' submission "${login[@]}" --output=openmetrics
show 'What a cause means' check_smtp_auth --explain=auth-temporary

mail=(--from=shop@demo.test --to=customer@example.net)
ask 'May I send through this server? No mail is sent' relay "${mail[@]}" -v
ask 'No, it says, and as if it were for now' relay-denied "${mail[@]}" -v
ask 'That may be what it should say' relay-denied "${mail[@]}" --expect=refuse -v
ask 'It wants a login first' relay-login "${mail[@]}" -v
ask 'On a block list: this proves nothing about other clients' relay-blocked "${mail[@]}" --expect=refuse -v
ask 'Who may, and who may not, in one run' relay-matrix --matrix=matrix --ca-file=ca.pem -v
ask 'A backup that does not know the domain' relay-backup --mx --from=me@example.net --to=info@demo.test -v
ask 'A domain that is an alias: what will mail from a Sendmail get?' relay-alias --expand-cname \
	--from=me@example.net --to=orders@shop.demo.test -v
stranger=(--open-relay --from=me@example.net --third-party=me@example.net)
ask 'Does it relay for strangers, whatever they write?' closed-relay "${stranger[@]}" -v
ask 'And this one?' open-relay "${stranger[@]}" -v

cd "$home"
serve maildns
# look TITLE OPTION...: at a mail domain
look() {
	local title=$1
	shift
	show "$title" check_mx_cname --dns="$dns" "$@"
}
cd "$work"
look 'Is the mail DNS of this domain right?' -d club.test -v
look 'A domain that is an alias, and what that does to mail' -d store.test -v
look 'Exchangers that cannot work, beside one that can' -d odd.test -v
look 'And a domain without another one' -d lost.test -v
look 'Are the exchangers those that are expected?' -d club.test --expect='10 mx1.club.test' --expect='20 mx3.club.test' -v
look 'Have their addresses names that lead back?' -d club.test --ptr -v
look 'A domain that takes no mail, as it should' -d parked.test --expect-null-mx
look 'Do the name servers of the zone agree? (--authoritative finds them by itself)' -d club.test \
	--name-server="$dns2" --name-server="$dns3" -v
look 'Several domains in one run' -d club.test -d parked.test -d gone.test
look 'The questions and answers, for an incident' -d club.test -vv
show 'What "denied after CNAME" means' check_smtp_relay --explain=relay-denied-after-cname
