# bash completion for the plugins of postmaster-plugins.
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Knows no option by itself: it asks the plugin's own --help and --explain, so that it is right
# for every plugin and every version.

_postmaster_plugin() {
	local plugin=$1 word=$2 previous=$3 line

	COMPREPLY=()
	# "--state=x" reaches us as three words when "=" breaks words.
	if [[ $word == "=" ]]; then
		word=
	elif [[ $previous == "=" ]]; then
		previous=${COMP_WORDS[COMP_CWORD - 2]}
	fi
	[[ ${COMP_WORDS[COMP_CWORD]} == "=" ]] && previous=${COMP_WORDS[COMP_CWORD - 1]}
	case $previous in
	--state | --explain)
		line=$("$plugin" --explain 2>/dev/null | sed -n 's/^\([a-z0-9-]*\) (.*/\1/p')
		mapfile -t COMPREPLY < <(compgen -W "$line" -- "$word")
		;;
	--password-file | --ca-file)
		mapfile -t COMPREPLY < <(compgen -f -- "$word")
		;;
	--ca-dir)
		mapfile -t COMPREPLY < <(compgen -d -- "$word")
		;;
	-H | --host | --tls-name)
		mapfile -t COMPREPLY < <(compgen -A hostname -- "$word")
		;;
	--*)
		# The choices of an option stand behind the colon of its help text.
		line=$("$plugin" --help-json 2>/dev/null |
			grep -o "\"word\":\"${previous#--}\"[^]]*\"choices\":\[[^]]*" |
			sed 's/.*\[//; s/[",]/ /g')
		mapfile -t COMPREPLY < <(compgen -W "$line" -- "$word")
		;;
	esac
	[[ $word == -* ]] || return 0
	# The text below the table names some of them again.
	line=$("$plugin" --help 2>/dev/null | grep -o -E -e '(^|[ ,])--[a-z0-9-]+' | tr -d ' ,' |
		awk '!seen[$0]++')
	mapfile -t COMPREPLY < <(compgen -W "$line" -- "$word")
}

complete -F _postmaster_plugin -o default check_smtp_auth check_smtp_relay check_mx_cname \
	check_cert_chain check_queue_depth
