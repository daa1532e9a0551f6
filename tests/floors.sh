#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# floors.sh: the promises of common/README.md that a machine can check. Usage: tests/floors.sh BUILDDIR
#
# Every promise is a function that prints what breaks it; one that prints nothing is kept.

set -eu
shopt -s nullglob
cd "$(dirname "$0")/.."

build=${1:?usage: tests/floors.sh BUILDDIR}
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
passed=0
failed=0

# promise TEXT FUNCTION [ARGUMENT...]
promise() {
	local text=$1
	shift
	"$@" >"$scratch/broken" 2>&1 || :
	if [ -s "$scratch/broken" ]; then
		failed=$((failed + 1))
		echo "broken: $text"
		sed 's/^/	/' "$scratch/broken"
	else
		passed=$((passed + 1))
	fi
}

# --- what the sources say: comments cut out, texts emptied but for names of headers ---

code() {
	awk '
	FNR == 1 { comment = 0 }
	{
		rest = $0; out = ""
		include = rest ~ /^[ \t]*#[ \t]*include/
		while (rest != "") {
			if (comment) {
				if (!(i = index(rest, "*/"))) break
				rest = substr(rest, i + 2); comment = 0; out = out " "
			} else if (substr(rest, 1, 2) == "//") break
			else if (substr(rest, 1, 2) == "/*") {
				comment = 1; rest = substr(rest, 3)
			} else if (!include && match(rest, /^"([^"\\]|\\.)*"/)) {
				out = out "\"\""; rest = substr(rest, RLENGTH + 1)
			} else if (match(rest, /^\047([^\047\\]|\\.)+\047/)) {
				out = out "0"; rest = substr(rest, RLENGTH + 1)
			} else {
				out = out substr(rest, 1, 1); rest = substr(rest, 2)
			}
		}
		print FILENAME ":" FNR ":" out
	}' "$@" /dev/null
}

# only REGEX PLACES: lines of common/ and plugins/ with REGEX that stand elsewhere than in PLACES.
only() {
	grep -E -- "$1" "$scratch/code" | grep -E '^(common|plugins)/' | grep -Ev "^($2)"
}

# calls NAMES: a regular expression for a call of one of these functions.
calls() {
	echo "(^|[^a-zA-Z0-9_.>])($1)[[:space:]]*\("
}

# floor ROOM ALLOWED: a room includes nothing of ours but what is allowed.
floor() {
	grep -E "^common/$1/[^:]*:[0-9]+:[[:space:]]*#[[:space:]]*include[[:space:]]*\"" "$scratch/code" |
		grep -Ev "include[[:space:]]*\"($2)"
}

# Only plugins and their tests stand above the probe.
below_probe() {
	grep -E '^common/(base|judge|wire|cert|mail|queue|frame)/' "$scratch/code" |
		grep -E 'include[[:space:]]*"probe/'
}

rooms() {
	local path
	[ -s "$scratch/code" ] || echo 'no sources were found'
	for path in common/*/; do
		case $path in
		common/base/ | common/judge/ | common/wire/ | common/cert/ | common/mail/ | common/queue/ | common/frame/ | common/probe/) ;;
		*) echo "$path has no floor" ;;
		esac
	done
}

banned() {
	grep -E "$(calls 'strcpy|strcat|sprintf|vsprintf|strtok|atoi|atol|alloca|gets|getaddrinfo|gethostbyname|setlocale|system|popen')" \
		"$scratch/code"
}

# --- what the tree holds ---

files() {
	find . \( -path ./.git -o -path './build*' \) -prune -o -type f -print0
}

words_unwanted() {
	files | xargs -0 grep -IEn '[.][.]/shared|/work[/]|(^|[^[:alnum:]_])(TO[D]O|FIX[M]E|XX[X])([^[:alnum:]_]|$)'
}

lines_short() {
	local source
	find common plugins tests -name '*.[ch]' | while read -r source; do
		expand "$source" | awk -v f="$source" 'length > 90 { print f ":" NR ": " length " columns" }'
	done
}

top_level() {
	find . -mindepth 1 -maxdepth 1 ! -name '.*' ! -name 'build*' |
		grep -Ev '^\./(Makefile|README\.md|COPYING|plugins|common|tests|contrib)$'
}

man_pages() {
	local source
	for source in plugins/check_*.c; do
		[ -f "${source%.c}.8" ] || echo "${source%.c}.8 is missing"
	done
	for source in plugins/*.8; do
		[ -f "${source%.8}.c" ] || echo "$source describes nothing"
	done
}

# --- what the plugins say of themselves ---

# json: every plain value of a JSON text as "path<TAB>value", such as "options[].word<TAB>host".
json() {
	awk '
	function value(v,    i, path) {
		for (i = 1; i <= depth; i++)
			path = path (kind[i] == "[" ? "[]" : (i > 1 ? "." : "") key[i])
		print path "\t" v
	}
	{ text = text $0 " " }
	END {
		while (text != "") {
			c = substr(text, 1, 1)
			if (match(text, /^"([^"\\]|\\.)*"/)) {
				word = substr(text, 2, RLENGTH - 2); text = substr(text, RLENGTH + 1)
				if (kind[depth] == "{" && text ~ /^[ \t]*:/) {
					key[depth] = word; sub(/^[ \t]*:/, "", text)
				} else value(word)
				continue
			}
			if (match(text, /^[-+.a-zA-Z0-9]+/)) {
				value(substr(text, 1, RLENGTH)); text = substr(text, RLENGTH + 1)
				continue
			}
			if (c == "{" || c == "[") kind[++depth] = c
			if (c == "}" || c == "]") depth--
			text = substr(text, 2)
		}
	}'
}

# says PLUGIN PATH: the values at that path of its --help-json.
says() {
	awk -F '\t' -v path="$2" '$1 == path { print $2 }' "$scratch/$1.table"
}

asked() {
	[ -x "$build/plugins/$1" ] || { echo "$build/plugins/$1 is not built"; return; }
	"$build/plugins/$1" --help-json </dev/null 2>"$scratch/errors" | json >"$scratch/$1.table" || :
	cat "$scratch/errors"
	[ "$(says "$1" plugin)" = "$1" ] || echo "--help-json does not name the plugin"
	[ -n "$(says "$1" 'options[].word')" ] || echo "--help-json has no options"
	[ -n "$(says "$1" 'causes[].slug')" ] || echo "--help-json has no causes"
}

# The long options that the man page lists: ".It Fl H , Fl -host Ns = Ns Ar NAME".
listed() {
	grep -E '^\.It .*Fl ' "plugins/$1.8" | grep -Eo 'Fl \\?-\\?[a-z0-9][a-z0-9-]*' | sed 's/Fl [\\-]*//' | sort -u
}

options_described() {
	diff <(says "$1" 'options[].word' | sort -u) <(listed "$1") |
		sed -n -e 's/^< /only in the program: --/p' -e 's/^> /only in the man page: --/p'
}

causes_described() {
	local slug
	for slug in $(says "$1" 'causes[].slug'); do
		grep -Eq "(^|[^a-z0-9-])$slug(\$|[^a-z0-9-])" "plugins/$1.8" || echo "$slug is not in plugins/$1.8"
	done
}

slugs_unique() {
	says "$1" 'causes[].slug' | sort | uniq -d
}

slugs_no_classes() {
	says "$1" 'causes[].slug' | grep -Ex 'network|dns|tls|certificate|protocol|auth|policy|queue|local'
}

# A slug means the same, whichever plugin says it.
slugs_agree() {
	for table in "$scratch"/*.table; do
		awk -F '\t' '
		$1 == "causes[].slug" { slug = $2 }
		$1 == "causes[].class" || $1 == "causes[].meaning" { print slug "\t" $1 "\t" $2 }' "$table"
	done | sort -u | cut -f 1,2 | uniq -d
}

find common plugins tests -name '*.[ch]' | sort | while read -r path; do
	code "$path"
done >"$scratch/code"

promise 'every room has a floor' rooms
promise 'base includes base' floor base 'base/'
promise 'judge includes base' floor judge '(base|judge)/'
promise 'wire includes base' floor wire '(base|wire)/'
promise 'cert includes base and wire' floor cert '(base|wire|cert)/'
promise 'mail includes base, wire and cert' floor mail '(base|wire|cert|mail)/'
promise 'queue includes base and wire' floor queue '(base|wire|queue)/'
promise 'frame includes base, judge and wire/parallel' floor frame '(base|judge|frame)/|wire/parallel\.h'
promise 'probe is for plugins alone' below_probe
promise 'OpenSSL stays in its rooms' only '<openssl/' \
	'common/wire/tls[a-z_]*\.[ch]|common/wire/http\.c|common/cert/|common/mail/sasl[a-z_0-9]*\.c|common/mail/oauth\.c'
promise 'libldns stays in its rooms' only '<ldns/' 'common/wire/dns|common/cert/dane'
promise 'only frame writes to stdout' only "$(calls 'printf|vprintf|puts|putchar')|(^|[^a-zA-Z0-9_])stdout([^a-zA-Z0-9_]|\$)" 'common/frame/'
promise 'only frame ends the program' only "$(calls 'exit|_exit|_Exit|quick_exit|abort')" 'common/frame/'
# SSL_CERT_DIR names the system's trust store, as for every program with OpenSSL.
promise 'only frame reads the environment' only "$(calls 'getenv|secure_getenv')|(^|[^a-zA-Z0-9_])environ([^a-zA-Z0-9_]|\$)" 'common/frame/|common/cert/chain\.c'
promise 'only frame looks at argv' only '(^|[^a-zA-Z0-9_])argv([^a-zA-Z0-9_]|$)' 'common/frame/|plugins/[^:]*:[0-9]+:.*main\('
promise 'only wire waits for sockets' only "$(calls 'poll|ppoll|select|pselect|epoll_wait')" 'common/wire/'
promise 'only base/deadline and frame read clocks' only "$(calls 'clock_gettime|gettimeofday|time')" 'common/base/deadline\.c|common/frame/'
promise 'no banned function is called' banned
promise 'no line of C is longer than 90 columns' lines_short
promise 'nothing unfinished, nothing of one machine in the tree' words_unwanted
promise 'the top level holds what it should' top_level
promise 'every plugin has its man page' man_pages
for source in plugins/check_*.c; do
	plugin=$(basename "$source" .c)
	promise "$plugin describes itself" asked "$plugin"
	promise "$plugin: options and man page agree" options_described "$plugin"
	promise "$plugin: its causes are in the man page" causes_described "$plugin"
	promise "$plugin: no slug twice" slugs_unique "$plugin"
	promise "$plugin: no slug is a class" slugs_no_classes "$plugin"
done
promise 'a slug means the same in every plugin' slugs_agree

echo "floors: $passed passed, $failed failed, 0 skipped"
[ "$failed" -eq 0 ]
