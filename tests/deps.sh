#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# deps.sh: installs what building and testing need. Usage: tests/deps.sh build|test|all
#
# Nothing is done where nothing is missing. On the host nothing is removed, started or enabled:
# the tests start servers of their own. What cannot be had without harm is left out, loudly;
# the tests that need it are then skipped and counted as such.

set -eu

group=${1:-}
case $group in
build | test | all) ;;
*) echo 'usage: tests/deps.sh build|test|all' >&2; exit 2 ;;
esac

debian_build=(gcc libc6-dev make pkg-config libssl-dev libldns-dev)
debian_test=(check clang clang-tidy cppcheck shellcheck mandoc valgrind gcovr openssl
	iproute2 procps util-linux postfix dovecot-core dovecot-lmtpd nsd ldnsutils m4
	libsasl2-modules libsasl2-modules-db
	monitoring-plugins-basic monitoring-plugins-standard bind9-dnsutils libmonitoring-plugin-perl
	prometheus python3-jsonschema python3-prometheus-client)
unpacked=(exim4-daemon-light sasl2-bin sendmail-bin sendmail-cf opensmtpd unbound knot)
folder=$(dirname "$0")/../build-lab
required=(check "${debian_build[@]}") # without these nothing can be tested at all
daemons=(postfix dovecot-core nsd prometheus)

say() {
	echo "deps.sh: $*" >&2
}

# --- Debian, Ubuntu ---

installed() {
	[ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" = installed ]
}

# The sanitizers' and the fuzzer's runtime, which Debian packs apart for each version of clang;
# where the archive has no such package, clang's own packages hold it.
clang_runtime() {
	local major
	major=$({ dpkg-query -W -f '${Depends}\n' clang 2>/dev/null || apt-cache depends clang 2>/dev/null || :; } |
		grep -Eo 'clang-[0-9]+' | head -n 1 | tr -dc 0-9 || :)
	[ -z "$major" ] || ! apt-cache show "libclang-rt-$major-dev" >/dev/null 2>&1 ||
		echo "libclang-rt-$major-dev"
}

# The packages of the group that are not installed.
missing() {
	local package packages=()
	[ "$group" = test ] || packages=("${debian_build[@]}")
	[ "$group" = build ] || packages+=("${debian_test[@]}" "$(clang_runtime)")
	for package in "${packages[@]}"; do
		[ -z "$package" ] || installed "$package" || echo "$package"
	done
}

# among WORD LIST...: is the word in the list?
among() {
	local word=$1
	shift
	case " $* " in
	*" $word "*) ;;
	*) return 1 ;;
	esac
}

apt_install() {
	DEBIAN_FRONTEND=noninteractive NEEDRESTART_SUSPEND=1 apt-get -o DPkg::Lock::Timeout=300 \
		install -y -q --no-install-recommends --no-remove "$@"
}

# fits PACKAGE...: can these be installed without removing anything?
fits() {
	apt_install -s "$@" >/dev/null 2>&1
}

# Those of the packages that can be installed; says which cannot.
choose() {
	local package
	if fits "$@"; then
		printf '%s\n' "$@"
		return
	fi
	for package in "$@"; do
		if fits "$package"; then
			echo "$package"
		else
			say "*** $package is LEFT OUT: $(why "$package")"
		fi
	done
}

why() {
	if ! apt-cache show "$1" >/dev/null 2>&1; then
		echo 'the archive does not have it'
	else
		apt-get -s install --no-install-recommends "$1" 2>/dev/null | awk '
			$1 == "Remv" { removed = removed " " $2 }
			END { print removed ? "it would remove" removed : "apt-get cannot install it" }'
	fi
}

# While packages are set up, no service may start.
hold_services() {
	policy=/usr/sbin/policy-rc.d
	if [ -e "$policy" ]; then
		return
	fi
	trap 'rm -f "$policy"' EXIT
	trap 'exit 1' INT TERM HUP
	printf '#!/bin/sh\nexit 101\n' >"$policy"
	chmod 755 "$policy"
}

# Servers that came only for the tests shall not start with the machine either.
disable_services() {
	local package
	for package in "$@"; do
		! among "$package" "${daemons[@]}" ||
			update-rc.d "${package%-core}" disable >/dev/null 2>&1 || :
	done
}

# settle PACKAGE...: what is still missing is either needed or a loss of tests.
settle() {
	local package rc=0
	for package in "$@"; do
		if among "$package" "${required[@]}"; then
			say "*** $package is needed and is not installed"
			rc=1
		else
			say "*** $package is not installed: what needs it will be SKIPPED"
		fi
	done
	return "$rc"
}

on_debian() {
	local lacking chosen
	mapfile -t lacking < <(missing)
	if [ ${#lacking[@]} -eq 0 ]; then
		return
	fi
	if [ "$(id -u)" -ne 0 ]; then
		say "not installed: ${lacking[*]}"
		say "please run: sudo tests/deps.sh $group"
		exit 1
	fi
	apt-get -q update || say 'apt-get update failed; trying with the lists at hand'
	mapfile -t lacking < <(missing) # by now the archive says which clang there is
	mapfile -t chosen < <(choose "${lacking[@]}")
	if [ ${#chosen[@]} -gt 0 ]; then
		hold_services
		apt_install "${chosen[@]}" || say 'apt-get install failed'
		disable_services "${chosen[@]}"
	fi
	mapfile -t lacking < <(missing)
	settle "${lacking[@]}"
}

# What would bring another mail server, a resolver or a daemon is unpacked where "make clean"
# removes it, and only libraries that it lacks are installed.
unpack_all() {
	local package
	for package in "${unpacked[@]}"; do
		[ -e "$folder/$package.done" ] || unpack "$package" ||
			say "*** $package could not be unpacked: what needs it will be SKIPPED"
	done
}

unpack() {
	local file=$folder/$1.deb lacking
	mkdir -p "$folder" || return
	download "$file" || { apt-get -q update && download "$file"; } || return
	mapfile -t lacking < <(libraries "$file")
	[ ${#lacking[@]} -eq 0 ] || apt_install "${lacking[@]}" || return
	dpkg -x "$file" "$folder" && chmod -R ug-s "$folder" || return
	mv "$file" "$folder/$1.done"
}

# download FOLDER/PACKAGE.deb
download() {
	(cd "$(dirname "$1")" && apt-get -q -o APT::Sandbox::User=root download "$(basename "$1" .deb)") &&
		mv "${1%.deb}"_*.deb "$1"
}

# The libraries that a file of a package needs and that are not installed.
libraries() {
	local package
	for package in $(dpkg-deb -f "$1" Depends | tr ',' '\n' | awk '$1 ~ /^lib/ { print $1 }'); do
		installed "$package" || echo "$package"
	done
}

# --- other systems: names to install by hand ---

# The commands and libraries without which the group cannot work.
there() {
	local command commands='cc make pkg-config' libraries='openssl ldns'
	if [ "$group" != build ]; then
		commands="$commands clang clang-tidy cppcheck shellcheck mandoc valgrind openssl ip"
		libraries="$libraries check"
	fi
	for command in $commands; do
		command -v "$command" >/dev/null || return 1
	done
	# shellcheck disable=SC2086
	pkg-config --exists $libraries
}

# by_hand INSTALLER BUILD TEST
by_hand() {
	local names=
	if there; then
		exit 0
	fi
	[ "$group" = test ] || names=$2
	[ "$group" = build ] || names="$names $3"
	say "please run as root: $1 $names"
	exit 1
}

if command -v apt-get >/dev/null; then
	on_debian
	[ "$group" = build ] || unpack_all
elif command -v dnf >/dev/null; then
	by_hand 'dnf install' 'gcc make pkgconf-pkg-config openssl-devel ldns-devel' \
		'check-devel clang clang-tools-extra compiler-rt cppcheck ShellCheck mandoc valgrind gcovr openssl iproute procps-ng postfix dovecot nsd unbound knot ldns-utils perl-Monitoring-Plugin'
elif command -v apk >/dev/null; then
	by_hand 'apk add' 'gcc musl-dev make pkgconf openssl-dev ldns-dev' \
		'check-dev clang clang-extra-tools compiler-rt cppcheck shellcheck mandoc valgrind openssl iproute2 procps postfix dovecot nsd unbound knot ldns-tools'
elif command -v pacman >/dev/null; then
	by_hand 'pacman -S' 'gcc make pkgconf openssl ldns' \
		'check clang compiler-rt cppcheck shellcheck mandoc valgrind openssl iproute2 procps-ng postfix dovecot nsd unbound knot'
else
	say 'needed: a C compiler, GNU make, pkg-config, OpenSSL 3 and libldns with headers; for the tests check (libcheck)'
	there
fi
