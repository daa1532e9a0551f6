#!/bin/bash
# What the bash completion offers, for the plugins in the build directory given.
# SPDX-License-Identifier: GPL-3.0-or-later
set -eu

cd "$(dirname "$0")/../.."
plugin=$1/plugins/check_smtp_auth other=$1/plugins/check_smtp_relay
# shellcheck source=contrib/completion/postmaster-plugins.bash
source contrib/completion/postmaster-plugins.bash
passed=0 failed=0

# offers WANTED WORD...: completing the last WORD offers exactly the words WANTED
offers() {
	local wanted=$1 got
	shift
	COMP_WORDS=("$plugin" "$@")
	COMP_CWORD=$#
	_postmaster_plugin "$plugin" "${!#}" "${COMP_WORDS[COMP_CWORD - 1]}"
	got="${COMPREPLY[*]}"
	if [[ $got == "$wanted" ]]; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		printf 'completing "%s"\n  wanted: %s\n  got:    %s\n' "$*" "$wanted" "$got"
	fi
}

offers '--password-file --password-env --password' --pass
offers 'none starttls implicit opportunistic' --tls ''
offers 'none starttls implicit opportunistic' --tls '='
offers 'implicit' --tls '=' im
offers 'auth-throttled' --state '=' auth-thr
offers 'certificate-expired' --explain '=' certificate-ex
offers 'U omit' --unmeasured ''
offers 'COPYING' --ca-file COPY

plugin=$other
offers '--expect --expand-cname --extra-opts --explain' --ex
offers 'accept refuse' --expect '='

echo "completion: $passed passed, $failed failed, 0 skipped"
[[ $failed -eq 0 ]]
