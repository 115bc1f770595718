package commands

// A usageExample is a command line that help and man pages show. A test runs each.
type usageExample struct {
	what   string
	line   string // for a shell, in a folder that holds the files
	shell  string // that it is for; any by default
	files  map[string]string
	status int
	want   string // a part of standard output
	peer   string // what a test runs at the other end; it sends, or else listens
}

// usageExamples are those of each command; framecat's own stand under "".
func usageExamples() map[string][]usageExample {
	return map[string][]usageExample{
		"": {
			{what: "two messages into frames, and out again",
				line: `printf 'hi\nthere\n' | framecat encode -f u8 | framecat decode -f u8`, want: "hi\nthere\n"},
			{what: "a message to a length-prefixed server, and its reply",
				line: `framecat send -f u32be localhost:4000 -m hello`, want: "hello", peer: "framecat listen -k --echo -f u32be 4000"},
			{what: "what is in this capture?",
				line: `framecat inspect -f auto capture.bin`, files: map[string]string{"capture.bin": "5:hello,9:two words,12:and one more,"}, want: "#2 payload 12"},
		},
		"encode": {
			{what: "each line into a frame with a 2-byte length in front",
				line: `printf 'hi\nthere\n' | framecat encode -f u16be > frames.bin`},
			{what: "two messages from the command line",
				line: `framecat encode -f netstring -m hello -m 'two words'`, want: "5:hello,9:two words,"},
			{what: "each file is one message for a language server",
				line: `framecat encode -f lsp -i raw request.json`, files: map[string]string{"request.json": `{"id":1}`}, want: "Content-Length: 8\r\n\r\n{\"id\":1}"},
		},
		"decode": {
			{what: "a message a line",
				line: `printf '5:hello,2:hi,' | framecat decode -f netstring`, want: "hello\nhi\n"},
			{what: "a JSON object a frame, with its place in the stream and its header",
				line: `framecat decode -f u16be -o json frames.bin`, files: map[string]string{"frames.bin": "\x00\x02hi"}, want: `"offset":0,"wire":4,"header":"0002"`},
			{what: "from one framing to another",
				line: `framecat decode -f varint -o u32be frames.bin > other.bin`, files: map[string]string{"frames.bin": "\x02hi"}},
		},
		"send": {
			{what: "a message to a server, and its reply",
				line: `framecat send -f netstring localhost:4000 -m hello`, want: "hello", peer: "framecat listen -k --echo -f netstring 4000"},
			{what: "in writes of one byte: does the server put it together?",
				line: `framecat send --chunk 1 --expect 1 localhost:4000 -m hello`, want: "hello", peer: "framecat listen -k --echo 4000"},
			{what: "a message a line, each after the reply to the one before",
				line: `framecat send --lockstep --stats localhost:4000 lines.txt`, files: map[string]string{"lines.txt": "one\ntwo\n"}, want: "two", peer: "framecat listen -k --echo 4000"},
		},
		"listen": {
			{what: "print what a client sends",
				line: `framecat listen -f u16be 4000`, want: "hello\n", peer: "framecat send -f u16be --retry 10s 4000 -m hello"},
			{what: "an echo server for many at once, and a log of it",
				line: `framecat listen -k --echo -o json 4000`, want: `"text":"hello"`, peer: "framecat send --retry 10s 4000 -m hello"},
			{what: "a server made of a filter that holds nothing back",
				line: `framecat listen -k -f crlf --exec 'sed -u s/l/L/g' 4000`, want: "hello\n", peer: "framecat send -f crlf --retry 10s --expect 1 4000 -m hello"},
		},
		"inspect": {
			{what: "mark where each frame starts, and its payload",
				line: `framecat inspect -f u16be frames.bin`, files: map[string]string{"frames.bin": "\x00\x02hi"}, want: "[00 02|68 69"},
			{what: "counts and sizes, no rows",
				line: `printf '5:hello,2:hi,' | framecat inspect -f netstring --summary`, want: "frames      2"},
			{what: "how a receiver that reads 3 bytes at a time puts frames together",
				line: `framecat inspect -f u16be --trace --chunks 3 frames.bin`, files: map[string]string{"frames.bin": "\x00\x02hi"}, want: "hi"},
		},
		"framings": {
			{what: "all, a line each", line: `framecat framings`, want: "netstring"},
			{what: "the layout, keys and examples of one", line: `framecat framings u16be`, want: "counts=payload|rest|frame"},
			{what: "a rule of your own, drawn", line: `framecat framings u16be:offset=2,counts=frame`, want: "00 09                                length"},
		},
		"completion": {
			{what: "for this bash", line: `source <(framecat completion bash)`},
			{what: "for this zsh, behind compinit", line: `source <(framecat completion zsh)`, shell: "zsh"},
			{what: "for this fish", line: `framecat completion fish | source`, shell: "fish"},
		},
	}
}
