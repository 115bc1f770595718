# Prints each read of standard input as a line: it takes each read for one line, or for several.
while data=$(dd bs=65536 count=1 2>/dev/null; echo .) && [ "$data" != . ]; do
	data=${data%.}
	printf '%s\n' "${data%
}"
done
