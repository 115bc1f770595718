package commands

// A usageExample is a command line that help and man pages show. A test runs each.
type usageExample struct {
	what string
	line string // for a shell
}

// usageExamples are those of each command; framecat's own stand under "".
func usageExamples() map[string][]usageExample {
	return map[string][]usageExample{
		"": {
			{what: "two messages into frames, and out again",
				line: `printf 'hi\nthere\n' | framecat encode -f u8 | framecat decode -f u8`},
			{what: "a message to a length-prefixed server, and its reply",
				line: `framecat send -f u32be localhost:4000 -m hello`},
			{what: "what is in this capture?",
				line: `framecat inspect -f auto capture.bin`},
		},
		"encode": {
			{what: "each line into a frame with a 2-byte length in front",
				line: `printf 'hi\nthere\n' | framecat encode -f u16be > frames.bin`},
			{what: "two messages from the command line",
				line: `framecat encode -f netstring -m hello -m 'two words'`},
			{what: "each file is one message for a language server",
				line: `framecat encode -f lsp -i raw request.json`},
		},
		"decode": {
			{what: "a message a line",
				line: `printf '5:hello,2:hi,' | framecat decode -f netstring`},
			{what: "a JSON object a frame, with its place in the stream and its header",
				line: `framecat decode -f u16be -o json frames.bin`},
			{what: "from one framing to another",
				line: `framecat decode -f varint -o u32be frames.bin > other.bin`},
		},
		"send": {
			{what: "a message to a server, and its reply",
				line: `framecat send -f netstring localhost:4000 -m hello`},
			{what: "in writes of one byte: does the server put it together?",
				line: `framecat send --chunk 1 --expect 1 localhost:4000 -m hello`},
			{what: "a message a line, each after the reply to the one before",
				line: `framecat send --lockstep --stats localhost:4000 lines.txt`},
		},
		"listen": {
			{what: "print what a client sends",
				line: `framecat listen -f u16be 4000`},
			{what: "an echo server for many at once, and a log of it",
				line: `framecat listen -k --echo -o json 4000`},
			{what: "a server made of a filter that holds nothing back",
				line: `framecat listen -k -f crlf --exec 'sed -u s/l/L/g' 4000`},
		},
		"inspect": {
			{what: "mark where each frame starts, and its payload",
				line: `framecat inspect -f u16be frames.bin`},
			{what: "counts and sizes, no rows",
				line: `printf '5:hello,2:hi,' | framecat inspect -f netstring --summary`},
			{what: "how a receiver that reads 3 bytes at a time puts frames together",
				line: `framecat inspect -f u16be --trace --chunks 3 frames.bin`},
		},
		"framings": {
			{what: "all, a line each", line: `framecat framings`},
			{what: "the layout, keys and examples of one", line: `framecat framings u16be`},
			{what: "a rule of your own, drawn", line: `framecat framings u16be:offset=2,counts=frame`},
		},
		"completion": {
			{what: "for this bash", line: `source <(framecat completion bash)`},
			{what: "for this zsh, behind compinit", line: `source <(framecat completion zsh)`},
			{what: "for this fish", line: `framecat completion fish | source`},
		},
	}
}
