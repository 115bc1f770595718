package framing

// textProtocols are the rows of protocols whose headers are text, a file each.
var textProtocols = []Kind{
	{Name: "nats", Usage: "nats", Summary: "NATS client protocol: control lines, and messages behind their size", Layout: "| line | CR LF, or: operation … size CR LF | payload | CR LF",
		Counts:  "the payload, NATS headers included",
		Limits:  "the server tells max_payload in INFO, 1 MiB by default",
		Default: "none for a payload that is a control line (PING, SUB …, CONNECT {…}), else PUB framecat SIZE",
		Source:  "NATS documentation, Client Protocol", parse: parseNats,
		Examples: []Example{
			{"nats", "hello", "PUB framecat 5\r\n|hello|\r\n"},
			{"nats", "SUB foo 1", "|SUB foo 1|\r\n"},
			{"nats", "PUB foo 1", "PUB framecat 9\r\n|PUB foo 1|\r\n"},
		}},
	{Name: "resp", Usage: "resp[:inline]", Summary: "Redis protocol values, RESP2 and RESP3: commands and replies", Layout: "| value, and the values in it |",
		Keys:    []Key{{"inline", "read lines of plain words too, as a Redis server does"}},
		Counts:  "bytes of a string without its CR LF; values of an aggregate",
		Limits:  "Redis takes strings of 512 MiB; streamed aggregates 9 deep",
		Default: "none: a payload is one whole value", Out: "escaped",
		Source: "Redis serialization protocol specification; RESP3.md", parse: parseResp,
		Examples: []Example{
			{"resp", "*2\r\n$3\r\nGET\r\n$1\r\nk\r\n", "|*2\r\n$3\r\nGET\r\n$1\r\nk\r\n"},
			{"resp", "%1\r\n+first\r\n:1\r\n", "|%1\r\n+first\r\n:1\r\n"},
			{"resp:inline", "PING\r\n", "|PING\r\n"},
		}},
}
