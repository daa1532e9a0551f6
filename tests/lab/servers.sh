#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# servers.sh: how real servers are set up in a lab; sourced by tests/lab/*.test after lab.sh.

# shellcheck disable=SC2154 # lab and dir are lab.sh's
: "${suite:?lab.sh comes first}"

# --- certificates ---

# ca: a root ($dir/ca.pem) and a certificate for mail.lab.test ($dir/mail.pem, $dir/mail.key)
ca() {
	local ec='-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes'
	# shellcheck disable=SC2086
	{
		openssl req -x509 $ec -keyout "$dir/ca.key" -out "$dir/ca.pem" -days 30 -subj '/CN=Lab Root' \
			-addext keyUsage=critical,keyCertSign,cRLSign
		openssl req $ec -keyout "$dir/mail.key" -out "$dir/mail.csr" -subj '/CN=mail.lab.test'
		openssl x509 -req -in "$dir/mail.csr" -CA "$dir/ca.pem" -CAkey "$dir/ca.key" -set_serial 2 \
			-days 20 -out "$dir/mail.pem" -extfile /dev/stdin <<-END
				subjectAltName=DNS:mail.lab.test
				extendedKeyUsage=serverAuth
			END
	} 2>"$dir/ca.log"
}

# --- names ---

# names: the zone lab.test, on port 53
names() {
	cat >"$dir/lab.test.zone" <<-END
		\$ORIGIN lab.test.
		\$TTL 60
		@ SOA ns root 1 3600 600 86400 60
		@ NS ns
		ns A 127.0.0.1
		mail A 127.0.0.1
		other A 127.0.0.1
	END
	cat >"$dir/nsd.conf" <<-END
		server:
			ip-address: 127.0.0.1
			username: ""
			zonesdir: "$dir"
			database: ""
			zonelistfile: "$dir/nsd.zones"
			pidfile: "$dir/nsd.pidfile"
			xfrdfile: "$dir/nsd.xfrd"
			xfrdir: "$dir"
			logfile: "$dir/nsd.log"
			server-count: 1
		remote-control:
			control-enable: no
		zone:
			name: lab.test
			zonefile: lab.test.zone
	END
	start nsd nsd -d -c "$dir/nsd.conf"
	await 53
}

# hosts NAME...: in the hosts file instead
hosts() {
	echo "127.0.0.1 $*" >>"/etc/netns/$lab/hosts"
}

# --- logins ---

# dovecot_auth: Dovecot as nothing but a judge of logins, at the socket $dir/auth
dovecot_auth() {
	mkdir -p "$dir/dovecot"
	printf '%s\n' 'alice:{PLAIN}correct horse' 'bob:{PLAIN}Käse"ß%$\|' >"$dir/users"
	chmod 644 "$dir/users"
	cat >"$dir/dovecot.conf" <<-END
		base_dir = $dir/dovecot
		state_dir = $dir/dovecot
		log_path = $dir/dovecot.log
		protocols =
		ssl = no
		disable_plaintext_auth = no
		auth_mechanisms = plain login
		auth_failure_delay = 0
		auth_debug = yes
		passdb {
		  driver = passwd-file
		  args = $dir/users
		}
		userdb {
		  driver = static
		  args = uid=65534 gid=65534 home=/nonexistent
		}
		service auth {
		  unix_listener $dir/auth {
		    mode = 0666
		  }
		}
		service anvil {
		  # Wrong passwords shall not make the next login wait.
		  unix_listener anvil-auth-penalty {
		    mode = 0
		  }
		}
	END
	start dovecot dovecot -F -c "$dir/dovecot.conf"
	within 20 test -S "$dir/auth"
}

# logins: how many logins were ever tried
logins() {
	grep -c 'client in: AUTH' "$dir/dovecot.log" || :
}

# --- Postfix ---

# postfix_server: 25 takes mail and no logins; 587 wants STARTTLS; 465 speaks TLS at once; 2525
# takes logins without TLS
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
		inet_protocols = ipv4
		myhostname = mail.lab.test
		mydestination = lab.test
		mynetworks = 127.0.0.2/32
		alias_maps =
		local_recipient_maps =
		local_transport = discard:
		smtpd_relay_restrictions = permit_mynetworks, permit_sasl_authenticated, reject_unauth_destination
		smtpd_sasl_type = dovecot
		smtpd_sasl_path = $dir/auth
		smtpd_tls_cert_file = $dir/mail.pem
		smtpd_tls_key_file = $dir/mail.key
		smtpd_tls_security_level = may
	END
	cat >"$dir/postfix/master.cf" <<-END
		25 inet n - n - - smtpd
		587 inet n - n - - smtpd
		  -o smtpd_tls_security_level=encrypt -o smtpd_sasl_auth_enable=yes
		465 inet n - n - - smtpd
		  -o smtpd_tls_wrappermode=yes -o smtpd_sasl_auth_enable=yes
		2525 inet n - n - - smtpd
		  -o smtpd_tls_security_level=none -o smtpd_sasl_auth_enable=yes
		tlsmgr unix - - n - 1 tlsmgr
		rewrite unix - - n - - trivial-rewrite
		cleanup unix n - n - 0 cleanup
		qmgr unix n - n 300 1 qmgr
		discard unix - - n - - discard
		bounce unix - - n - 0 bounce
		defer unix - - n - 0 bounce
		error unix - - n - - error
		retry unix - - n - - error
		proxymap unix - - n - - proxymap
		anvil unix - - n - 1 anvil
		postlog unix-dgram n - n - 1 postlogd
	END
	postfix -c "$dir/postfix" check
	start postfix "$(postconf -c "$dir/postfix" -h daemon_directory)/master" -c "$dir/postfix" -d
	await 25 587 465 2525
}
