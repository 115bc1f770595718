package framing

// textProtocols are the rows of protocols whose headers are text, a file each.
var textProtocols = []Entry{
	{Name: "fix", tells: []string{"type"}, Summary: "FIX messages, tag=value: length in 9=, checksum in 10=", layout: "8=version SOH:1 9=length SOH:1 | fields | 10=checksum SOH:1",
		counts: "the payload, the SOH before 10= included",
		limits: "the version has 60 characters at most", header: "FIX.4.4", out: "escaped",
		traits: traits{Text: true, Openings: []opening{{Start: "8=FI", Next: "X", Means: "the peer speaks FIX"}}}, Source: "FIX 4.2 volume 2, message format; FIXT 1.1", parse: parseFix,
		examples: []example{{"fix", "35=0\x01", "8=FIX.4.4\x019=5\x01|35=0\x01|10=163\x01"}}},
	{Name: "nats", tells: []string{"op", "subject"}, Summary: "NATS: control lines, and messages behind their size", layout: "[operation_…_size] CR:1 LF:1 | payload, or a control line | CR:1 LF:1",
		counts: "the payload, NATS headers included",
		limits: "the server tells max_payload in INFO, 1 MiB by default",
		header: "none for a payload that is a control line (PING, SUB …, CONNECT {…}), else PUB framecat SIZE",
		traits: traits{Text: true}, Source: "NATS documentation, Client Protocol", parse: parseNats,
		examples: []example{
			{"nats", "hello", "PUB framecat 5\r\n|hello|\r\n"},
			{"nats", "SUB foo 1", "|SUB foo 1|\r\n"},
			{"nats", "PUB foo 1", "PUB framecat 9\r\n|PUB foo 1|\r\n"},
		}},
	{Name: "resp", tells: []string{"type"}, Usage: "resp[:inline]", Summary: "Redis protocol values, RESP2 and RESP3: commands and replies", layout: "| value, and the values in it",
		keys:   []key{{"inline", "read lines of plain words too, as a Redis server does"}},
		counts: "bytes of a string without its CR LF; values of an aggregate",
		limits: "Redis takes strings of 512 MiB; streamed aggregates 9 deep",
		header: "none: a payload is one whole value", out: "escaped",
		traits: traits{Text: true, Aliases: []string{"redis"}}, Source: "Redis serialization protocol specification; RESP3.md", parse: parseResp,
		examples: []example{
			{"resp", "*2\r\n$3\r\nGET\r\n$1\r\nk\r\n", "|*2\r\n$3\r\nGET\r\n$1\r\nk\r\n"},
			{"resp", "%1\r\n+first\r\n:1\r\n", "|%1\r\n+first\r\n:1\r\n"},
			{"resp:inline", "PING\r\n", "|PING\r\n"},
		}},
	{Name: "stomp", tells: []string{"command"}, Summary: "STOMP frames: header lines, body, NUL", layout: "command EOL [header_lines] EOL | body | 00:1",
		counts: "content-length counts the body; without one it ends at the first NUL",
		limits: "64 KiB of header", header: "SEND to /queue/a with content-length; a header without one gets it if the body holds NUL", out: "escaped",
		traits: traits{Text: true}, Source: "STOMP 1.2", parse: parseStomp,
		examples: []example{{"stomp", "hel\x00lo", "SEND\ndestination:/queue/a\ncontent-length:6\n\n|hel\x00lo|\x00"}}},
}
