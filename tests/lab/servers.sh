#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# servers.sh: how real servers are set up in a lab; sourced by tests/lab/*.test after lab.sh.

# shellcheck disable=SC2154 # lab and dir are lab.sh's
: "${suite:?lab.sh comes first}"

# --- certificates ---

new_key='-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes'

# ca: a root ($dir/ca.pem) and a certificate for mail.lab.test ($dir/mail.pem, $dir/mail.key)
ca() {
	# shellcheck disable=SC2086
	openssl req -x509 $new_key -keyout "$dir/ca.key" -out "$dir/ca.pem" -days 30 \
		-subj '/CN=Lab Root' -addext keyUsage=critical,keyCertSign,cRLSign 2>"$dir/ca.log"
	certificate mail serverAuth DNS:mail.lab.test
}

# certificate NAME USAGE SUBJECT: $dir/NAME.pem and $dir/NAME.key, signed by the root. SUBJECT is
# a subjectAltName.
certificate() {
	local name=$1 usage=$2 subject=$3
	# shellcheck disable=SC2086
	{
		openssl req $new_key -keyout "$dir/$name.key" -out "$dir/$name.csr" \
			-subj "/CN=$name.lab.test"
		openssl x509 -req -in "$dir/$name.csr" -CA "$dir/ca.pem" -CAkey "$dir/ca.key" \
			-set_serial "0x$(openssl rand -hex 8)" -days 20 -out "$dir/$name.pem" \
			-extfile /dev/stdin <<-END
				subjectAltName=$subject
				extendedKeyUsage=$usage
			END
	} 2>>"$dir/ca.log"
}

# self_signed NAME USAGE SUBJECT: the same, signed by itself
self_signed() {
	# shellcheck disable=SC2086
	openssl req -x509 $new_key -keyout "$dir/$1.key" -out "$dir/$1.pem" -days 20 \
		-subj "/CN=$1.lab.test" -addext extendedKeyUsage="$2" -addext subjectAltName="$3" \
		2>>"$dir/ca.log"
}

# --- names ---

# names: the zone lab.test, and those of zone(), on port 53
names() {
	zone lab.test <<-END
		mail A 127.0.0.1
		other A 127.0.0.1
	END
	nsd_server nsd "$dir" 127.0.0.1
	await 53
}

# zone NAME: one more, with the records on standard input
zone() {
	{
		cat <<-END
			\$ORIGIN $1.
			\$TTL 60
			@ SOA ns root 1 3600 600 86400 60
			@ NS ns
			ns A 127.0.0.1
		END
		cat
	} >"$dir/$1.zone"
}

# nsd_server NAME FOLDER ADDRESS...: an NSD at port 53 of the addresses, with the zones of the
# folder: a file ZONE.zone each, "root" for the root; ZONE.more has more lines of configuration.
nsd_server() {
	local name=$1 folder=$2 file zone
	shift 2
	{
		echo server:
		printf 'ip-address: %s\n' "$@"
		cat <<-END
			username: ""
			zonesdir: "$folder"
			database: ""
			zonelistfile: "$folder/$name.zones"
			pidfile: "$folder/$name.pidfile"
			xfrdfile: "$folder/$name.xfrd"
			xfrdir: "$folder"
			logfile: "$dir/$name.log"
			server-count: 1
			remote-control:
			control-enable: no
		END
		for file in "$folder"/*.zone; do
			[ -e "$file" ] || continue
			zone=$(basename "$file" .zone)
			printf 'zone:\nname: %s\nzonefile: %s\n' "${zone/#root/.}" "$zone.zone"
			[ ! -e "$folder/$zone.more" ] || cat "$folder/$zone.more"
		done
	} >"$dir/$name.conf"
	start "$name" nsd -d -c "$dir/$name.conf"
}

# hosts ADDRESS NAME...: in the hosts file instead
hosts() {
	echo "$*" >>"/etc/netns/$lab/hosts"
}

# user NAME NUMBER: a user, and a group, of this world alone. Some servers know the one that they
# run as by name, whatever their configuration says.
user() {
	local name
	for name in passwd group; do
		[ -e "/etc/netns/$lab/$name" ] || cp "/etc/$name" "/etc/netns/$lab/$name"
	done
	echo "$1:x:$2:$2::/nonexistent:/bin/false" >>"/etc/netns/$lab/passwd"
	echo "$1:x:$2:" >>"/etc/netns/$lab/group"
}

# --- a tree of names ---
#
# What a resolver wants to find: a root, which delegates "test", which delegates each zone below it
# to some of the name servers ns1.test to ns4.test, at 127.0.0.11 to 127.0.0.14, and ns5.test, at
# fd53::5. The root and "test" are at 127.0.0.10, top.test. The zones of a server are files in the
# folder of its name.

# tree: begins one
tree() {
	local n
	mkdir "$dir/top" "$dir/keys" "$dir"/ns{1..5}
	delegate root top
	serve root top <<<'top.test. A 127.0.0.10'
	delegate test top
	{
		echo 'top A 127.0.0.10'
		for n in {1..4}; do
			echo "ns$n A 127.0.0.1$n"
		done
		echo 'ns5 AAAA fd53::5'
	} | serve test top
}

# domain ZONE SERVER...: a zone that all these have, with the records on standard input
domain() {
	delegate "$@"
	serve "$@"
}

# delegate ZONE SERVER...: says above the zone, and to serve(), that these have it. A server is
# one of ours, or a name with a dot.
delegate() {
	local zone=$1 server above
	shift
	for server in "$@"; do
		[[ $server == *.* ]] || server=$server.test
		echo "NS $server."
	done >"$dir/$zone.ns"
	above=$dir/top/root.zone
	[[ $zone != *.test ]] || above=$dir/top/test.zone
	[ "$zone" = root ] || sed "s/^/$zone. /" "$dir/$zone.ns" >>"$above"
}

# serve ZONE SERVER...: gives these the zone, with the records on standard input and the serial
# number $serial, or 1. It says of its name servers what delegate() said.
serve() {
	local zone=$1 server
	shift
	{
		cat <<-END
			\$ORIGIN ${zone/#root/}.
			\$TTL 300
			@ SOA top.test. root.test. ${serial-1} 3600 600 86400 300
		END
		sed 's/^/@ /' "$dir/$zone.ns"
		cat
	} >"$dir/$zone.zone.new"
	for server in "$@"; do
		[[ $server == *.* ]] || cp "$dir/$zone.zone.new" "$dir/$server/$zone.zone"
	done
	rm "$dir/$zone.zone.new"
}

# sign ZONE SERVER [OPTION...]: signs the zone that the server has, with options of ldns-signzone.
# The zone above, to be signed after it, gets the digest of its key; that of the root's key is
# for resolver().
sign() {
	local zone=$1 file=$dir/$2/$1.zone key above=$dir/top/root.zone
	shift 2
	key=$dir/keys/$(cd "$dir/keys" && ldns-keygen -a ECDSAP256SHA256 -k "${zone/#root/.}")
	[[ $zone != *.test ]] || above=$dir/top/test.zone
	[ "$zone" != root ] || above=$dir/root.ds
	ldns-signzone "$@" -f "$file.signed" "$file" "$key"
	mv "$file.signed" "$file"
	cat "$key.ds" >>"$above"
}

# authority SERVER...: starts these, with the zones that they have now
authority() {
	local server
	for server in "$@"; do
		nsd_server "$server" "$dir/$server" "$(place "$server")"
	done
	for server in "$@"; do
		up "$server"
	done
}

# place SERVER: its address
place() {
	case $1 in
	top) echo 127.0.0.10 ;;
	ns5) echo fd53::5 ;;
	*) echo "127.0.0.1${1#ns}" ;;
	esac
}

# up SERVER: waits for it
up() {
	local address
	address=$(place "$1")
	[[ $address != *:* ]] || address="[$address]"
	within 20 listens_at "$address:53"
}

# again SERVER...: starts them once more, after their zones changed
again() {
	local server
	for server in "$@"; do
		stop "$server"
	done
	authority "$@"
}

# knot_server SERVER: starts it as a Knot, which shares nothing with NSD
knot_server() {
	local folder=$dir/$1 file
	{
		cat <<-END
			server:
			    rundir: "$folder"
			    listen: $(place "$1")@53
			database:
			    storage: "$folder"
			log:
			  - target: stderr
			    any: info
			template:
			  - id: default
			    storage: "$folder"
			    file: "%s.zone"
			    zonefile-sync: -1
			zone:
		END
		for file in "$folder"/*.zone; do
			echo "  - domain: $(basename "$file" .zone)"
		done
	} >"$dir/$1.conf"
	start "$1" knotd -c "$dir/$1.conf"
	up "$1"
}

# resolver NAME ADDRESS...: an Unbound at port 53 of the addresses, which finds everything from the
# root on, and validates when that is signed; more lines of its configuration, in the section
# "server", are on standard input.
resolver() {
	local name=$1
	shift
	printf '%s\n' '. 300 NS top.test.' 'top.test. 300 A 127.0.0.10' >"$dir/root.hints"
	{
		echo server:
		printf 'interface: %s\n' "$@"
		cat <<-END
			port: 53
			username: ""
			chroot: ""
			directory: "$dir"
			logfile: "$dir/$name.log"
			use-syslog: no
			val-log-level: 2
			root-hints: "$dir/root.hints"
			do-not-query-localhost: no
			# Unbound's own idea of "test" is that there is nothing (RFC 6761).
			local-zone: "test." nodefault
		END
		[ ! -e "$dir/root.ds" ] || echo "trust-anchor-file: \"$dir/root.ds\""
		cat
		printf '%s\n' remote-control: 'control-enable: no'
	} >"$dir/$name.conf"
	start "$name" unbound -d -p -c "$dir/$name.conf"
	within 20 listens_at "$1:53"
}

# freeze SERVER: its sockets stay, but nothing answers there any more
freeze() {
	tell "$1" STOP
}

# --- logins ---

# dovecot_auth: Dovecot as nothing but a judge of logins, at the socket $dir/auth. Alice and Bob
# may use every mechanism; what is kept of Carol's password does for SCRAM-SHA-256, of Dave's
# for CRAM-MD5, and of Erin's for neither. Bearer tokens are those that token() makes.
dovecot_auth() {
	mkdir -p "$dir/keys/default/HS256"
	printf '%s' "$token_key" | openssl base64 -A >"$dir/keys/default/HS256/default"
	{
		printf '%s\n' 'alice:{PLAIN}correct horse' 'bob:{PLAIN}Käse"ß%$\|'
		stored carol SCRAM-SHA-256
		stored dave CRAM-MD5
		stored erin SHA512-CRYPT
	} >"$dir/users"
	chmod 644 "$dir/users"
	cat >"$dir/oauth2.conf" <<-END
		introspection_mode = local
		local_validation_key_dict = fs:posix:prefix=$dir/keys/
		username_attribute = sub
	END
	dovecot_start auth <<-END
		auth_mechanisms = plain login cram-md5 digest-md5 scram-sha-1 scram-sha-256 xoauth2 oauthbearer
		passdb {
		  driver = oauth2
		  mechanisms = xoauth2 oauthbearer
		  args = $dir/oauth2.conf
		}
		passdb {
		  driver = passwd-file
		  mechanisms = plain login cram-md5 digest-md5 scram-sha-1 scram-sha-256
		  args = $dir/users
		}
	END
}

stored() {
	echo "$1:$(doveadm -c /dev/null pw -s "$2" -p 'correct horse')"
}

# credulous_auth: Dovecot at the socket $dir/credulous, to whom every password is right
credulous_auth() {
	dovecot_start credulous <<-END
		auth_mechanisms = plain login
		passdb {
		  driver = static
		  args = nopassword=y
		}
	END
}

# fallback_auth: Dovecot at the socket $dir/fallback, which believes whom it does not know, as one
# does that is being moved to another database. Nobody is believed by SCRAM.
fallback_auth() {
	dovecot_start fallback <<-END
		auth_mechanisms = plain login scram-sha-256
		passdb {
		  driver = passwd-file
		  args = $dir/users
		}
		passdb {
		  driver = static
		  args = nopassword=y
		}
	END
}

# dovecot_lmtp: Dovecot's LMTP at the socket $dir/lmtp and on port 24; it has no logins.
dovecot_lmtp() {
	dovecot_start lmtp <<-END
		protocols = lmtp
		listen = 127.0.0.1
		ssl = yes
		ssl_cert = <$dir/mail.pem
		ssl_key = <$dir/mail.key
		service lmtp {
		  unix_listener $dir/lmtp {
		    mode = 0666
		  }
		  inet_listener lmtp {
		    port = 24
		  }
		}
		passdb {
		  driver = static
		  args = nopassword=y
		}
	END
}

# dovecot_start NAME: starts a Dovecot with the configuration on standard input, and waits for
# the socket $dir/NAME. It judges logins there, unless the configuration has another purpose.
dovecot_start() {
	mkdir -p "$dir/$1.run"
	{
		cat <<-END
			base_dir = $dir/$1.run
			state_dir = $dir/$1.run
			log_path = $dir/$1.log
			protocols =
			ssl = no
			disable_plaintext_auth = no
			auth_failure_delay = 0
			auth_debug = yes
			userdb {
			  driver = static
			  args = uid=65534 gid=65534 home=/nonexistent
			}
			service anvil {
			  # Wrong passwords shall not make the next login wait.
			  unix_listener anvil-auth-penalty {
			    mode = 0
			  }
			}
		END
		cat
		[ "$1" = lmtp ] || cat <<-END
			service auth {
			  unix_listener $dir/$1 {
			    mode = 0666
			  }
			}
		END
	} >"$dir/$1.conf"
	start "$1" dovecot -F -c "$dir/$1.conf"
	within 20 test -S "$dir/$1"
}

# logins: how many logins Dovecot was ever asked to judge
logins() {
	grep -c 'client in: AUTH' "$dir/auth.log" || :
}

# --- bearer tokens ---

token_key='a key that only the lab knows, of 32 bytes or more'

# token NAME USER SECONDS [CLAIMS [KEY]]: $dir/NAME, a JSON web token (RFC 7519) that expires in
# so many seconds. CLAIMS are more members, with a comma in front.
token() {
	local now signed
	now=$(date +%s)
	signed=$(printf '{"alg":"HS256","typ":"JWT"}' | base64url).$(
		printf '{"sub":"%s","iat":%d,"exp":%d%s}' \
			"$2" $((now - 7200)) $((now + $3)) "${4-}" | base64url
	)
	secret "$1" "$signed.$(printf '%s' "$signed" |
		openssl dgst -sha256 -binary -hmac "${5-$token_key}" | base64url)"
}

base64url() {
	openssl base64 -A | tr '+/' '-_' | tr -d '='
}

# --- Postfix ---

# postfix_service NAME TYPE [SETTING...]: one more way in beside those of postfix_server, in the
# words of master.cf; logins are taken there.
postfix_service() {
	{
		echo "$1 $2 n - n - - smtpd"
		shift 2
		printf '  -o %s\n' smtpd_sasl_auth_enable=yes "$@"
	} >>"$dir/services"
}

# postfix_server: 25 takes mail and no logins; 587 wants STARTTLS; 465 speaks TLS at once; 2525
# takes logins without TLS. It relays for who logged in, and for 127.0.0.2.
postfix_server() {
	mkdir -p "$dir/postfix" "$dir/queue" "$dir/data"
	chown postfix "$dir/data"
	cat >"$dir/postfix/main.cf" <<-END
		compatibility_level = 2
		queue_directory = $dir/queue
		data_directory = $dir/data
		maillog_file = $dir/postfix.log
		maillog_file_prefixes = $dir
		inet_interfaces = 127.0.0.1
		inet_protocols = all
		myhostname = mail.lab.test
		mydestination = lab.test
		mynetworks = 127.0.0.2/32
		alias_maps =
		local_recipient_maps = inline:{ alice=here, bob=here }
		local_transport = discard:
		smtpd_relay_restrictions = permit_mynetworks, permit_sasl_authenticated, reject_unauth_destination
		smtpd_sender_login_maps = inline:{ alice@lab.test=alice, bob@lab.test=bob }
		smtpd_sender_restrictions = reject_sender_login_mismatch
		smtpd_sasl_type = dovecot
		smtpd_sasl_path = $dir/auth
		smtpd_tls_cert_file = $dir/mail.pem
		smtpd_tls_key_file = $dir/mail.key
		smtpd_tls_CAfile = $dir/ca.pem
		smtpd_tls_security_level = may
		smtpd_tls_loglevel = 1
		# After a hundred mails that are begun and never sent, each would wait a second.
		in_flow_delay = 0
	END
	cat >"$dir/postfix/master.cf" <<-END
		25 inet n - n - - smtpd
		587 inet n - n - - smtpd
		  -o smtpd_tls_security_level=encrypt -o smtpd_sasl_auth_enable=yes
		465 inet n - n - - smtpd
		  -o smtpd_tls_wrappermode=yes -o smtpd_sasl_auth_enable=yes
		2525 inet n - n - - smtpd
		  -o smtpd_tls_security_level=none -o smtpd_sasl_auth_enable=yes
		$(postfix_insides)
	END
	[ ! -s "$dir/services" ] || cat "$dir/services" >>"$dir/postfix/master.cf"
	postfix_start postfix
	await 25 587 465 2525
}

# What a Postfix does behind its ways in
postfix_insides() {
	cat <<-END
		tlsmgr unix - - n - 1 tlsmgr
		rewrite unix - - n - - trivial-rewrite
		cleanup unix n - n - 0 cleanup
		qmgr unix n - n 300 1 qmgr
		discard unix - - n - - discard
		virtual unix - n n - - virtual
		bounce unix - - n - 0 bounce
		defer unix - - n - 0 bounce
		error unix - - n - - error
		retry unix - - n - - error
		proxymap unix - - n - - proxymap
		anvil unix - - n - 1 anvil
		postlog unix-dgram n - n - 1 postlogd
	END
}

# postfix_start NAME: with the configuration in $dir/NAME
postfix_start() {
	postfix -c "$dir/$1" check
	start "$1" "$(postconf -c "$dir/$1" -h daemon_directory)/master" -c "$dir/$1" -d
}

# postfix_exchanger NAME ADDRESS DOMAIN...: one more Postfix, which takes mail for the domains at
# port 25 of the address, and for no other; more lines of its main.cf are on standard input. The
# mail lands in $dir/NAME.mail/box, the log is $dir/NAME.log.
postfix_exchanger() {
	local name=$1 address=$2
	shift 2
	mkdir -p "$dir/$name"{,.queue,.data,.mail}
	chown postfix "$dir/$name.data"
	chown nobody "$dir/$name.mail"
	{
		cat <<-END
			compatibility_level = 2
			queue_directory = $dir/$name.queue
			data_directory = $dir/$name.data
			maillog_file = $dir/$name.log
			maillog_file_prefixes = $dir
			inet_interfaces = 127.0.0.1
			inet_protocols = ipv4
			myhostname = $name.lab.test
			mydestination =
			mynetworks = 127.0.0.99/32
			alias_maps =
			smtpd_relay_restrictions = reject_unauth_destination
			virtual_mailbox_domains = $*
			virtual_mailbox_base = $dir/$name.mail
			virtual_mailbox_maps = static:box
			virtual_uid_maps = static:$(id -u nobody)
			virtual_gid_maps = static:$(id -g nobody)
			virtual_minimum_uid = 1
		END
		cat
	} >"$dir/$name/main.cf"
	printf '%s\n' "$address:25 inet n - n - - smtpd" "$(postfix_insides)" >"$dir/$name/master.cf"
	postfix_start "$name"
	within 20 listens_at "$address:25"
}

listens_at() {
	[ -n "$(inside ss -Hltn "src $1")" ]
}

# logged NAME REGEX: is it in the log $dir/NAME.log?
logged() {
	grep -Eq -- "$2" "$dir/$1.log"
}

# no_mail_in FOLDER...: is no file below them?
no_mail_in() {
	local found
	found=$(find "$@" -type f) && [ -z "$found" ]
}

# cyrus_auth: Cyrus SASL as Postfix' judge of logins, smtpd_sasl_type=cyrus. By the name "database"
# it knows Alice, and by the name "daemon" it asks one that does not run.
cyrus_auth() {
	local folder=$dir/postfix/sasl # Debian's Postfix looks nowhere else
	mkdir -p "$folder"
	printf '%s\n' 'pwcheck_method: auxprop' 'auxprop_plugin: sasldb' "sasldb_path: $dir/sasldb" \
		'mech_list: PLAIN LOGIN CRAM-MD5 DIGEST-MD5 SCRAM-SHA-1 SCRAM-SHA-256' \
		>"$folder/database.conf"
	printf '%s\n' 'pwcheck_method: saslauthd' "saslauthd_path: $dir/nobody-listens" \
		'mech_list: PLAIN LOGIN' >"$folder/daemon.conf"
	printf 'correct horse' | saslpasswd2 -p -c -f "$dir/sasldb" -u mail.lab.test alice
	chown postfix "$dir/sasldb"
}

# server_heard NUMBER REGEX: is it so many times in Postfix's log?
server_heard() {
	[ "$(grep -Ec -- "$2" "$dir/postfix.log")" -eq "$1" ]
}

sessions_over() {
	[ "$(grep -c ': connect from' "$dir/postfix.log")" -eq "$(grep -c ': disconnect from' "$dir/postfix.log")" ]
}

# Postfix logs a moment later than we read its reply.
settle() {
	within 5 sessions_over
}

no_login_since() {
	[ "$(logins)" -eq "$1" ]
}

# --- Exim ---

# exim_server: 25 takes mail and logins, with STARTTLS or without, and relays for nobody but
# 127.0.0.2; 587 offers logins only behind STARTTLS, and 465 speaks TLS at once; they relay for who
# logged in. A client's certificate is a login too. Whoever writes to "grey" is greylisted.
exim_server() {
	user Debian-exim 65533
	mkdir -p "$dir/exim"
	cp "$dir/mail.key" "$dir/exim.key"
	chown 65533:65533 "$dir/exim" "$dir/exim.key"
	cat >"$dir/exim.conf" <<-END
		exim_path = $(command -v exim)
		spool_directory = $dir/exim
		log_file_path = $dir/exim/%s.log
		pid_file_path = $dir/exim.pidfile
		primary_hostname = mail.lab.test
		domainlist local_domains = lab.test
		local_interfaces = 127.0.0.1
		daemon_smtp_ports = 25 : 465 : 587
		tls_on_connect_ports = 465
		tls_advertise_hosts = *
		tls_certificate = $dir/mail.pem
		tls_privatekey = $dir/exim.key
		tls_verify_certificates = $dir/ca.pem
		tls_try_verify_hosts = *
		auth_advertise_hosts = \${if and{{eq{\$received_port}{587}}{eq{\$tls_in_cipher}{}}}{}{*}}
		acl_smtp_rcpt = recipient
		host_lookup =
		rfc1413_query_timeout = 0s
		keep_environment =
		queue_only = true
		begin acl
		recipient:
		  defer local_parts = grey
		    message = greylisted, please try again later
		  require verify = recipient
		  accept domains = +local_domains
		  accept authenticated = *
		    condition = \${if !eq{\$received_port}{25}}
		  accept hosts = 127.0.0.2
		  deny message = relay not permitted
		begin routers
		here:
		  driver = accept
		  domains = +local_domains
		  local_parts = alice : bob
		  verify_only
		unknown:
		  driver = redirect
		  domains = +local_domains
		  data = :fail: Unknown user
		  allow_fail
		elsewhere:
		  driver = accept
		  domains = ! nowhere.test
		  verify_only
		begin authenticators
		plain:
		  driver = plaintext
		  public_name = PLAIN
		  server_prompts = :
		  server_condition = \${if and{{eq{\$auth2}{alice}}{eq{\$auth3}{correct horse}}}}
		  server_set_id = \$auth2
		login:
		  driver = plaintext
		  public_name = LOGIN
		  server_prompts = Username:: : Password::
		  server_condition = \${if and{{eq{\$auth1}{alice}}{eq{\$auth2}{correct horse}}}}
		  server_set_id = \$auth1
		cram:
		  driver = cram_md5
		  public_name = CRAM-MD5
		  server_secret = \${if eq{\$auth1}{alice}{correct horse}fail}
		  server_set_id = \$auth1
		external:
		  driver = external
		  public_name = EXTERNAL
		  server_advertise_condition = \$tls_in_certificate_verified
		  server_param2 = \${certextract {subj_altname,mail,>:}{\$tls_in_peercert}}
		  server_condition = \${if inlisti{\$auth1}{\$auth2}}
		  server_set_id = \$auth1
	END
	start exim exim -C "$dir/exim.conf" -bdf -q1h
	await 25 465 587
}

# --- Sendmail ---

sendmail=$unpacked/usr/libexec/sendmail/sendmail
# Debian 11, Ubuntu 22.04
[ ! -x "$unpacked/usr/lib/sm.bin/sendmail" ] || sendmail=$unpacked/usr/lib/sm.bin/sendmail

# sendmail_server NAME PORT: a Sendmail at 127.0.0.1, with more lines of its m4 configuration on
# standard input. Whom it relays for, they say.
sendmail_server() {
	local folder=$dir/$1 macros=$unpacked/usr/share/sendmail/cf
	mkdir -p "$folder/queue"
	chmod 700 "$folder/queue"
	# Its own name needs a dot, or it waits a minute for one.
	grep -q "\.lab\.test $(uname -n)\$" "/etc/netns/$lab/hosts" ||
		hosts 127.0.0.1 "$(uname -n).lab.test" "$(uname -n)"
	echo 'hosts files dns' >"$folder/service.switch"
	{
		cat <<-END
			divert(0)dnl
			OSTYPE(\`linux')dnl
			define(\`confDOMAIN_NAME', \`$1.lab.test')dnl
			define(\`QUEUE_DIR', \`$folder/queue')dnl
			define(\`STATUS_FILE', \`$folder/statistics')dnl
			undefine(\`ALIAS_FILE')dnl
			define(\`HELP_FILE', \`')dnl
			define(\`confPID_FILE', \`$folder/pid')dnl
			define(\`confCW_FILE', \`')dnl
			define(\`confSERVICE_SWITCH_FILE', \`$folder/service.switch')dnl
			define(\`confDONT_BLAME_SENDMAIL', \`TrustStickyBit,GroupWritableDirPathSafe')dnl
			define(\`confTO_IDENT', \`0')dnl
			define(\`confTO_CONNECT', \`5s')dnl
			FEATURE(\`no_default_msa')dnl
			DAEMON_OPTIONS(\`Port=$2, Addr=127.0.0.1, Name=MTA, Family=inet')dnl
		END
		cat
		printf "MAILER(\`%s')dnl\n" local smtp
	} >"$folder/sendmail.mc"
	m4 "-D_CF_DIR_=$macros/" "$macros/m4/cf.m4" "$folder/sendmail.mc" >"$folder/sendmail.cf" \
		2>"$dir/$1.m4.log"
	start "$1" "$sendmail" -C "$folder/sendmail.cf" -bD -X "$dir/$1.wire.log"
	await "$2"
}

# --- OpenSMTPD ---

# opensmtpd_server: 25 at 127.0.0.1 takes mail for Alice and the postmaster at lab.test, and relays
# for 127.0.0.2; 2525 does so with STARTTLS as well.
opensmtpd_server() {
	local folder=$dir/opensmtpd
	user opensmtpd 65532
	user opensmtpq 65531
	mkdir -m 711 "$folder"
	cat >"$dir/smtpd.conf" <<-END
		table people { alice = "65534:65534:/nonexistent", postmaster = "65534:65534:/nonexistent" }
		pki mail cert "$dir/mail.pem"
		pki mail key "$dir/mail.key"
		listen on 127.0.0.1 port 25 hostname mail.lab.test
		listen on 127.0.0.1 port 2525 tls pki mail hostname mail.lab.test
		action here maildir "$folder/mail" userbase <people>
		action elsewhere relay
		match from any for domain lab.test action here
		match from src 127.0.0.2 for any action elsewhere
	END
	# The paths of its folders and its socket cannot be set: it sees others at their place.
	# shellcheck disable=SC2016
	start opensmtpd sh -c '
		for place in /var/spool /var/lib /run; do
			mount -t tmpfs -o mode=755 none "$place"
		done
		mkdir -p -m 711 /var/spool/smtpd /var/lib/opensmtpd/empty
		mount --bind "$1" /var/spool/smtpd
		exec "$2" -d -f "$3"' - "$folder" "$(command -v smtpd)" "$dir/smtpd.conf"
	await 25 2525
}
