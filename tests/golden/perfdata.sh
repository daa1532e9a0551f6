#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# perfdata.sh: another's parser reads our performance data. Usage: tests/golden/perfdata.sh BUILDDIR
#
# Every plugin runs where nothing answers, with bad arguments, and against the servers of the demo;
# what it prints goes through the Perl modules that monitoring plugins are written with. They know
# neither "U" nor "@".

set -eu
cd "$(dirname "$0")/../.."

build=${1:?usage: tests/golden/perfdata.sh BUILDDIR}
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
# shellcheck source=tests/golden/runs.sh
source tests/golden/runs.sh
passed=0
failed=0
skipped=0

# target PLUGIN: what is needed on the command line, one word a line.
target() {
	case $1 in
	check_smtp_relay) printf '%s\n' -H 127.0.0.1 -p 1 --from a@example.org --to b@example.org ;;
	check_mx_cname) printf '%s\n' -d example.org '--dns=127.0.0.1#1' ;;
	check_queue_depth) printf '%s\n' --mta=folder "--path=$scratch" ;;
	*) printf '%s\n' -H 127.0.0.1 -p 1 ;;
	esac
}

# understood: reads a plugin's output, prints its labels; fails if it is not understood.
understood() {
	perl -MMonitoring::Plugin::Performance -MMonitoring::Plugin::Range -we '
		use strict;
		my @lines = <STDIN>;
		my $all = join "", @lines;
		my ($state, $perf) = $lines[0] =~ /^[A-Z_]+ ([A-Z]+) - [^|]+?(?: \| (.+))?\n$/
		    or die "no first line: $all";
		$state =~ /^(OK|WARNING|CRITICAL|UNKNOWN)$/ or die "no state: $state\n";
		($all =~ tr/|//) == (defined $perf ? 1 : 0) or die "too many bars: $all";
		$perf = "" unless defined $perf;
		$perf =~ s/=U/=0/g;
		my @words = split / /, $perf;
		my @read = Monitoring::Plugin::Performance->parse_perfstring($perf);
		@read == @words or die "not all is read: $perf\n";
		for my $p (@read) {
			my $word = shift @words;
			my @fields = map { defined $_ ? $_ : "" }
			    $p->warning, $p->critical, $p->min, $p->max;
			my ($value, $rest) = $word =~ /^[^;]*?=(-?\d+(?:\.\d+)?)([^;]*.*)$/
			    or die "no value: $word\n";
			$p->label =~ /^[a-z][a-z0-9_]*$/ or die "label: $word\n";
			$p->uom =~ /^[sB%c]?$/ or die "unit: $word\n";
			$value == $p->value or die "value: $word\n";
			my $again = join ";", $p->uom, @fields;
			s/;*$// for $again, $rest;
			$again eq $rest or die "read as $again: $word\n";
			for my $range (grep { $_ ne "" } @fields[0, 1]) {
				defined Monitoring::Plugin::Range->parse_range_string($range)
				    or die "range: $word\n";
			}
		}
		print join(" ", map { $_->label } @read), "\n";'
}

# try PLUGIN ARGUMENT...: one run; its labels are left in $scratch/labels.
try() {
	local rc=0
	timeout 20 "$build/plugins/$1" "${@:2}" >"$scratch/out" 2>"$scratch/err" </dev/null || rc=$?
	if [ "$rc" -le 3 ] && understood <"$scratch/out" >"$scratch/labels" 2>>"$scratch/err"; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		echo "$* ended with $rc:"
		sed 's/^/	/' "$scratch/out" "$scratch/err"
	fi
}

# served: what the plugins say of servers that answer, with values
served() {
	local out
	auth_served text
	relay_served text
	mx_served text
	for out in "$scratch"/runs/*.out; do
		if understood <"$out" >"$scratch/labels" 2>"$scratch/err" && [ -s "$scratch/labels" ]; then
			passed=$((passed + 1))
		else
			failed=$((failed + 1))
			cat "${out%.out}.command"
			sed 's/^/	/' "$out" "$scratch/err"
		fi
	done
}

# same PLUGIN: the labels are those of the first run, in the same order.
same() {
	if [ -s "$scratch/labels" ] && cmp -s "$scratch/labels" "$scratch/first"; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		echo "$1: other labels: $(cat "$scratch/first" "$scratch/labels")"
	fi
}

check() {
	local where
	mapfile -t where < <(target "$1")
	try "$1" --no-such-option
	cp "$scratch/labels" "$scratch/first"
	try "$1" "${where[@]}" -t 5
	same "$1"
	try "$1" "${where[@]}" -t 5 -w 20:10
	same "$1"
	try "$1" "${where[@]}" -t 5 -w 0.5 -c 1:2.25
	same "$1"
	try "$1" "${where[@]}" -t 5 -w '~:0' -c 7: --unmeasured=omit -v
	try "$1" "${where[@]}" -t 5 -w 0: -c -5:1000000 --unmeasured=omit
}

if ! perl -MMonitoring::Plugin::Performance -e 1 2>/dev/null; then
	echo 'SKIPPED: perfdata: Monitoring::Plugin for Perl is not installed'
	skipped=1
else
	for source in plugins/check_*.c; do
		plugin=$(basename "$source" .c)
		if [ -x "$build/plugins/$plugin" ]; then
			check "$plugin"
		else
			echo "$build/plugins/$plugin is not built"
			failed=$((failed + 1))
		fi
	done
	served
fi
echo "perfdata: $passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ]
