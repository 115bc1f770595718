#compdef framecat
# zsh completion for framecat. It hands words to framecat as they are and never
# evaluates them.
_framecat() {
	local out line text kind prefix
	local -a lines done_texts done_shown open_texts open_shown
	local -i width=0
	out=$(command framecat __complete words "${(@Q)words[2,CURRENT-1]}" "${(Q)PREFIX}" 2>/dev/null </dev/null)
	lines=("${(@f)out}")
	kind=${lines[1]%%$'\t'*} prefix=${lines[1]#*$'\t'}
	shift lines
	if [[ $kind == files || $kind == dirs ]]; then
		[[ -n $prefix ]] && { compset -P "${(b)prefix}" || compset -P 1 '*[:=]' }
		[[ $kind == dirs ]] && { _files -/; return }
		_files
		return
	fi
	[[ -n $prefix ]] && { compset -P "${(b)prefix}" || compset -P '*[:=,]' || compset -P '-?' }
	for line in $lines; do
		text=${line%%$'\t'*}
		(( ${#text} > width )) && width=${#text}
	done
	for line in $lines; do
		text=${line%%$'\t'*} line=${line#*$'\t'}
		[[ -n $line ]] && line="${(r:width:)text}  $line" || line=$text
		line=${line[1,COLUMNS-1]}
		if [[ $text == *[:=,~/] ]]; then
			open_texts+=("$text") open_shown+=("$line")
		else
			done_texts+=("$text") done_shown+=("$line")
		fi
	done
	compadd -M 'm:{a-zA-Z}={A-Za-z}' -l -V framecat -d done_shown -a done_texts
	compadd -M 'm:{a-zA-Z}={A-Za-z}' -l -V framecat-open -S '' -d open_shown -a open_texts
	(( $#done_texts + $#open_texts ))
}
if [[ $funcstack[1] == _framecat ]]; then
	_framecat "$@"
elif (( $+functions[compdef] )); then
	compdef _framecat framecat
fi
