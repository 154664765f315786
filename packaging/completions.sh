#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Prints the completion for bash: commands and options from the tables that make the
# help texts, names from 'faultbench list --names'.
#
#	packaging/completions.sh PROGRAM

set -eu
program=$1
cat <<'EOF'
# bash completion for faultbench, made by packaging/completions.sh
_faultbench()
{
	local command=${COMP_WORDS[1]} word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]}
	local list names= options= choices=

	# --option=word is three words.
	[ "$before" != = ] || before=${COMP_WORDS[COMP_CWORD - 2]}
	[ "$word" != = ] || word=
	list=${word%"${word##*,}"}
	case $before in
	-w | --workload) names=workloads ;;
	-s | --strategy | -b | --baseline | --base | --head) names='strategies kernel' ;;
	-t | --target) names=targets ;;
	--device) names=devices ;;
	--on) names=places ;;
	esac
	if [ "$COMP_CWORD" -gt 1 ] && [ -n "$names" ]; then
		# The last of a list with commas.
		mapfile -t COMPREPLY < <(compgen -P "$list" -W "$(faultbench list --names $names 2>/dev/null)" -- "${word##*,}")
		return
	fi
	case $command in
EOF
choices=
for command in $("$program" --help | awk '/^  [a-z]/ { print $1 }'); do
	help=$("$program" "$command" --help)
	options=$(echo "$help" | grep -oE '^ +(-., )? *--[a-z0-9-]+' | grep -oE -e '--[a-z0-9-]+' | tr '\n' ' ')
	printf '\t%s) options="%s" ;;\n' "$command" "${options% }"
	# An argument such as pass|fail is one of these words.
	choices="$choices$(echo "$help" | grep -oE -e '--[a-z0-9-]+=[a-z]+(\|[a-z]+)+' |
		sed 's/=/") choices="/; s/.*/\t"'"$command"' &" ;;/; s/|/ /g')
"
done
cat <<EOF
	esac
	case "\$command \$before" in
$(echo "$choices" | grep .)
EOF
cat <<EOF
	esac
	if [ "\$COMP_CWORD" -eq 1 ]; then
		mapfile -t COMPREPLY < <(compgen -W "$("$program" --help | awk '/^  [a-z]/ { printf "%s ", $1 }')" -- "\$word")
	elif [ -n "\$choices" ]; then
		mapfile -t COMPREPLY < <(compgen -W "\$choices" -- "\$word")
	elif [[ \$command = workload && \$word != -* ]]; then
		mapfile -t COMPREPLY < <(compgen -f -W "\$(faultbench list --names workloads 2>/dev/null)" -- "\$word")
	elif [[ \$word = -* ]]; then
		mapfile -t COMPREPLY < <(compgen -W "\$options" -- "\$word")
	else
		mapfile -t COMPREPLY < <(compgen -f -- "\$word")
	fi
}
complete -F _faultbench faultbench
EOF
