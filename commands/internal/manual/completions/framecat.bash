# bash completion for framecat. It hands the line to framecat as one word and never
# evaluates it.
_framecat() {
	local out kind= line
	COMPREPLY=()
	out=$(command framecat __complete bash "${COMP_LINE:0:COMP_POINT}" \
		"$COMP_WORDBREAKS" "$COMP_TYPE" "${COLUMNS:-80}" 2>/dev/null </dev/null)
	while IFS= read -r line; do
		if [[ -z $kind ]]; then
			kind=$line
		else
			COMPREPLY+=("$line")
		fi
	done <<<"$out"
	case $kind in
	files) kind=default ;;
	dirs) kind=dirnames ;;
	*) return ;;
	esac
	if type compopt >/dev/null 2>&1; then
		compopt -o "$kind" +o nospace
	else # bash 3
		line=${COMP_WORDS[COMP_CWORD]}
		[[ $line == [:=] ]] && line=
		while IFS= read -r line; do
			COMPREPLY+=("$line")
		done < <(compgen -o "$kind" -- "$line")
	fi
}
complete -o nospace -F _framecat framecat
