package framing

// textProtocols are the rows of protocols whose headers are text, in one file each.
var textProtocols = []Entry{
	{Name: "fix", group: "finance", variable: []string{"type"}, Summary: "FIX messages, tag=value: length in 9=, checksum in 10=", layout: "8=version SOH:1 9=length SOH:1 | fields | 10=checksum SOH:1",
		counts: "the payload, including the SOH before 10=",
		limits: "the version may have at most 60 characters", header: "FIX.4.4", out: "escaped",
		traits: traits{Text: true, Openings: []opening{{Start: "8=FI", Next: "X", Means: "the peer speaks FIX"}}}, Source: "FIX 4.2 volume 2, message format; FIXT 1.1", parse: parseFix,
		examples: []example{{"fix", "35=0\x01", "8=FIX.4.4\x019=5\x01|35=0\x01|10=163\x01"}}},
	{Name: "nats", group: "messaging", variable: []string{"op", "subject"}, Summary: "NATS control lines, and messages after a line with their size", layout: "[operation_…_size] CR:1 LF:1 | payload, or a control line | CR:1 LF:1",
		counts: "the payload, including NATS headers",
		limits: "max_payload, which the server announces in INFO; 1 MiB by default",
		header: "PUB framecat SIZE; none if the payload is a control line (PING, SUB …, CONNECT {…})",
		traits: traits{Text: true}, Source: "NATS documentation, Client Protocol", parse: parseNats,
		examples: []example{
			{"nats", "hello", "PUB framecat 5\r\n|hello|\r\n"},
			{"nats", "SUB foo 1", "|SUB foo 1|\r\n"},
			{"nats", "PUB foo 1", "PUB framecat 9\r\n|PUB foo 1|\r\n"},
		}},
	{Name: "resp", group: "databases", variable: []string{"type"}, Usage: "resp[:inline]", Summary: "Redis commands and replies: values of RESP2 and RESP3", layout: "| value, and the values in it",
		keys:   []key{{"inline", "also accept commands as lines of plain words, as a Redis server does"}},
		counts: "the bytes of a string without its CR LF; the values of an aggregate",
		limits: "Redis accepts strings of up to 512 MiB; streamed aggregates may be nested 9 deep",
		header: "nothing around a whole value; other lines and -m become commands: SET k v is an array of 3 strings", out: "escaped",
		traits: traits{Text: true, Aliases: []string{"redis", "valkey"}}, Source: "Redis serialization protocol specification; RESP3.md", parse: parseResp,
		examples: []example{
			{"resp", "*2\r\n$3\r\nGET\r\n$1\r\nk\r\n", "|*2\r\n$3\r\nGET\r\n$1\r\nk\r\n"},
			{"resp", "%1\r\n+first\r\n:1\r\n", "|%1\r\n+first\r\n:1\r\n"},
			{"resp:inline", "PING\r\n", "|PING\r\n"},
		}},
	{Name: "stomp", group: "messaging", variable: []string{"command"}, Summary: "STOMP frames: header lines, body, NUL", layout: "command EOL [header_lines] EOL | body | 00:1",
		counts: "the body, if the header has content-length; without it the body ends at the first NUL",
		limits: "64 KiB of header", header: "SEND to /queue/a with content-length; a header without content-length gets one if the body contains NUL", out: "escaped",
		traits: traits{Text: true}, Source: "STOMP 1.2", parse: parseStomp,
		examples: []example{{"stomp", "hel\x00lo", "SEND\ndestination:/queue/a\ncontent-length:6\n\n|hel\x00lo|\x00"}}},
}
