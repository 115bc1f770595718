package framing

// textProtocols are the rows of protocols whose headers are text, a file each.
var textProtocols = []Kind{
	{Name: "fix", Tells: []string{"type"}, Summary: "FIX messages, tag=value: length in 9=, checksum in 10=", Layout: "8=version SOH:1 9=length SOH:1 | fields | 10=checksum SOH:1",
		Counts: "the payload, the SOH before 10= included",
		Limits: "the version has 60 characters at most", Default: "FIX.4.4", Out: "escaped",
		traits: Traits{Text: true, Openings: []Opening{{Start: "8=FI", Next: "X", Means: "the peer speaks FIX"}}}, Source: "FIX 4.2 volume 2, message format; FIXT 1.1", parse: parseFix,
		Examples: []Example{{"fix", "35=0\x01", "8=FIX.4.4\x019=5\x01|35=0\x01|10=163\x01"}}},
	{Name: "nats", Tells: []string{"op", "subject"}, Summary: "NATS: control lines, and messages behind their size", Layout: "[operation_…_size] CR:1 LF:1 | payload, or a control line | CR:1 LF:1",
		Counts:  "the payload, NATS headers included",
		Limits:  "the server tells max_payload in INFO, 1 MiB by default",
		Default: "none for a payload that is a control line (PING, SUB …, CONNECT {…}), else PUB framecat SIZE",
		traits:  Traits{Text: true}, Source: "NATS documentation, Client Protocol", parse: parseNats,
		Examples: []Example{
			{"nats", "hello", "PUB framecat 5\r\n|hello|\r\n"},
			{"nats", "SUB foo 1", "|SUB foo 1|\r\n"},
			{"nats", "PUB foo 1", "PUB framecat 9\r\n|PUB foo 1|\r\n"},
		}},
	{Name: "resp", Tells: []string{"type"}, Usage: "resp[:inline]", Summary: "Redis protocol values, RESP2 and RESP3: commands and replies", Layout: "| value, and the values in it",
		keys:    []Key{{"inline", "read lines of plain words too, as a Redis server does"}},
		Counts:  "bytes of a string without its CR LF; values of an aggregate",
		Limits:  "Redis takes strings of 512 MiB; streamed aggregates 9 deep",
		Default: "none: a payload is one whole value", Out: "escaped",
		traits: Traits{Text: true, Aliases: []string{"redis"}}, Source: "Redis serialization protocol specification; RESP3.md", parse: parseResp,
		Examples: []Example{
			{"resp", "*2\r\n$3\r\nGET\r\n$1\r\nk\r\n", "|*2\r\n$3\r\nGET\r\n$1\r\nk\r\n"},
			{"resp", "%1\r\n+first\r\n:1\r\n", "|%1\r\n+first\r\n:1\r\n"},
			{"resp:inline", "PING\r\n", "|PING\r\n"},
		}},
	{Name: "stomp", Tells: []string{"command"}, Summary: "STOMP frames: header lines, body, NUL", Layout: "command EOL [header_lines] EOL | body | 00:1",
		Counts: "content-length counts the body; without one it ends at the first NUL",
		Limits: "64 KiB of header", Default: "SEND to /queue/a with content-length; a header without one gets it if the body holds NUL", Out: "escaped",
		traits: Traits{Text: true}, Source: "STOMP 1.2", parse: parseStomp,
		Examples: []Example{{"stomp", "hel\x00lo", "SEND\ndestination:/queue/a\ncontent-length:6\n\n|hel\x00lo|\x00"}}},
}
