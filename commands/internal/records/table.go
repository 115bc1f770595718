package records

import (
	"slices"
	"sync"
)

// The keys that name a source come first in each record.
var (
	file      = Key{Name: "file", Kind: Text, Text: "the name of the input", When: "the input is a FILE"}
	stream    = Key{Name: "stream", Kind: Integer, Text: "the number of the TCP stream, from 0", When: "the input is a capture"}
	direction = Key{Name: "direction", Kind: Text, Text: "who sent the bytes: the client (c2s) or the server (s2c)", When: "it is known: in captures, send, listen and tap", Words: []string{"c2s", "s2c"}}
	conn      = Key{Name: "conn", Kind: Integer, Text: "the number of the connection, from 1", When: "the bytes came over a connection"}
	peer      = Key{Name: "peer", Kind: Text, Text: "the address of the peer; of tap, that of the client", When: "the bytes came over a connection"}
	source    = []Key{file, stream, direction}
	live      = []Key{file, stream, direction, conn, peer} // of records that tap prints too
)

// The last keys of a framing that was guessed.
var (
	because = Key{Name: "because", Kind: Texts, Text: "what speaks for it besides the bytes: the port of the server, or the other direction", When: "there is such a thing"}
	weak    = Key{Name: "guess", Kind: Boolean, Text: "true: it is only a guess, with less evidence than a framing needs", When: "it is one"}
)

// Bits, and what else is known of a framing that was guessed.
var guess = []Key{
	{Name: "framing", Kind: Text, Text: "the SPEC, for -f"},
	{Name: "bits", Kind: Number, Text: "the evidence: one more bit doubles the odds"},
	{Name: "frames", Kind: Integer, Text: "the number of whole frames in the part that was looked at"},
	{Name: "start", Kind: Integer, Text: "the number of bytes before the first frame"},
	{Name: "leftover", Kind: Integer, Text: "the number of bytes after the last whole frame"},
	{Name: "aliases", Kind: Texts, Text: "other framings that mean the same here", When: "there are any"},
	because, weak,
}

// table returns all records. They are made when they are asked for, since most runs print none.
func table() []Record {
	makeTable.Do(func() { made = newTable() })
	return made
}

var (
	makeTable sync.Once
	made      []Record
)

func newTable() []Record {
	frame := slices.Concat([]Key{
		{Name: "index", Kind: Integer, Text: "the number of the frame, from 0, over all inputs or in its connection"},
	}, live, []Key{
		{Name: "time", Kind: Time, Text: "when the frame came; in captures, when its first byte came", When: "it is known"},
		{Name: "t", Kind: Number, Text: "the same time in seconds since 1970, with nine decimals", When: "it is known"},
		{Name: "segments", Kind: Integer, Text: "the number of TCP segments that hold bytes of the frame", When: "the input is a capture with times"},
		{Name: "redacted", Kind: Boolean, Text: "true: parts of it may be hidden, as * of the same length", When: "tap prints it, with --redact or --redact-bytes"},
		{Name: "offset", Kind: Integer, Text: "where the frame starts in its stream, in bytes"},
		{Name: "size", Kind: Integer, Text: "the size of the payload in bytes"},
		{Name: "wire", Kind: Integer, Text: "the size of the whole frame in bytes"},
		{Name: "frames", Kind: Integer, Text: "the number of frames that the message was put together of; offset is then that of the first, wire counts the bytes of all, and header is that of a whole message", When: "--join found the message in several frames, compressed, or with a header that leaves out what frames before it have"},
		{Name: "silent", Kind: Boolean, Text: "true: the frame carries no message, such as a greeting", When: "the frame carries no message"},
		{Name: "header", Kind: Hex, Text: "the bytes before the body of the frame"},
		{Name: "trailer", Kind: Hex, Text: "the bytes after the body of the frame"},
		{Name: "fields", Kind: Object, Text: "the header fields by their names: a string if the value has a name or is text, otherwise a number; framecat framings NAME lists them. With a framing in the messages of another, such as -f http2/grpc, those of the inner one follow, as grpc.compressed", When: "the framing has header fields"},
		{Name: "unusual", Kind: Text, Text: "what the protocol forbids about the frame, which is read nevertheless because programs send it", When: "there is such a thing"},
		{Name: "text", Kind: Text, Text: "the payload", When: "the payload is valid UTF-8, and not printed as json alone"},
		{Name: "base64", Kind: Base64, Text: "the payload", When: "the payload is not valid UTF-8"},
		{Name: "json", Kind: Any, Text: "the payload as a value, byte for byte; if it has line ends, spaces around it, or characters that are escaped, the value is written in another form and text is there too", When: "--json-payload is given and the payload is JSON, with at most 250 levels"},
	})
	// In a difference, a message is a frame of which some bytes changed.
	message := slices.Concat([]Key{{Name: "type", Kind: Text, Text: "frame", Words: []string{"frame"}}}, frame, []Key{
		{Name: "changed", Kind: Objects, Text: "the bytes of the frame that differ", When: "the message changed", Keys: []Key{
			{Name: "from", Kind: Integer, Text: "where they start in the frame"},
			{Name: "to", Kind: Integer, Text: "where they end: the place after the last of them"},
		}},
	})
	return []Record{
		{"frame", "A whole frame, and the message in it. All commands print the same record.", frame},
		{"stream", "The start of a TCP stream of a capture. inspect prints it before the frames.", slices.Concat(source, []Key{
			{Name: "from", Kind: Text, Text: "the address of the sender", When: "it is known"},
			{Name: "to", Kind: Text, Text: "the address of the receiver", When: "it is known"},
			{Name: "bytes", Kind: Integer, Text: "the size of the stream", When: "it is known"},
			{Name: "segments", Kind: Integer, Text: "the number of its TCP segments", When: "it is known"},
			{Name: "gaps", Kind: Integer, Text: "how often the capture lost bytes of the stream"},
		})},
		{"connection", "A connection of a capture, or the only stream of another input. inspect --list prints it.", []Key{
			file, stream,
			{Name: "client", Kind: Text, Text: "the address of the client", When: "it is known"},
			{Name: "server", Kind: Text, Text: "the address of the server", When: "it is known"},
			{Name: "time", Kind: Time, Text: "when the first packet came", When: "it is known"},
			{Name: "t", Kind: Number, Text: "the same time in seconds since 1970, with nine decimals", When: "it is known"},
			{Name: "duration", Kind: Number, Text: "the seconds from the first packet to the last one, with nine decimals", When: "it is known"},
			{Name: "directions", Kind: Objects, Text: "what each end sent, the client first", Keys: []Key{
				direction,
				{Name: "bytes", Kind: Integer, Text: "the size of the stream: payload, without what was sent again", When: "it is known"},
				{Name: "packets", Kind: Integer, Text: "the number of all TCP packets, also those that carry no bytes", When: "it is known"},
				{Name: "segments", Kind: Integer, Text: "how many packets brought the bytes", When: "it is known"},
				{Name: "gaps", Kind: Integer, Text: "how often the capture lost bytes of the stream"},
				{Name: "framing", Kind: Text, Text: "the SPEC, for -f", When: "-f is given, or enough evidence was found"},
				{Name: "bits", Kind: Number, Text: "the evidence: one more bit doubles the odds", When: "the framing was guessed"},
				{Name: "frames", Kind: Integer, Text: "the number of whole frames: in the stream with -f, otherwise in the part that was looked at", When: "there is a framing"},
				{Name: "start", Kind: Integer, Text: "the number of bytes before the first frame", When: "the framing was guessed"},
				{Name: "leftover", Kind: Integer, Text: "the number of bytes after the last whole frame, without malformed ones", When: "there is a framing"},
				{Name: "aliases", Kind: Texts, Text: "other framings that mean the same here", When: "there are any"},
				because,
				{Name: "malformed", Kind: Boolean, Text: "true: the stream has bytes that are no frame", When: "-f is given"},
			}},
		}},
		{"candidate", "A framing that -f auto found. inspect prints the candidates before the frames, the best first, and reads the frames with that one.", slices.Concat(live, guess)},
		{"unknown", "-f auto found no framing with enough evidence.", slices.Concat(live, []Key{
			{Name: "guesses", Kind: Objects, Text: "at most three framings, the best first, with the keys of a candidate from framing on", Keys: guess, Like: "candidate"},
		})},
		{"upgrade", "Another protocol follows on the connection, in both directions. The direction is the one that began it.", slices.Concat(live, []Key{
			{Name: "time", Kind: Time, Text: "when it was begun", When: "it is known"},
			{Name: "t", Kind: Number, Text: "the same time in seconds since 1970, with nine decimals", When: "it is known"},
			{Name: "to", Kind: Text, Text: "the protocol: TLS, after which no frames are read, or what the header Upgrade of HTTP names"},
		})},
		{"fill", "Bytes between two frames that belong to none.", slices.Concat(live, []Key{
			{Name: "offset", Kind: Integer, Text: "where the bytes start in the stream"},
			{Name: "wire", Kind: Integer, Text: "the number of bytes"},
		})},
		{"gap", "Bytes that the capture lost.", slices.Concat(live, []Key{
			{Name: "offset", Kind: Integer, Text: "where the lost bytes start in the stream"},
			{Name: "lost", Kind: Integer, Text: "the number of lost bytes", When: "it is known"},
			{Name: "held", Kind: Integer, Text: "the number of bytes of an unfinished frame before them"},
		})},
		{"error", "A frame that cannot be read.", slices.Concat(live, faultKeys)},
		{"leftover", "The unfinished frame at the end of a stream, or before a gap.", slices.Concat(live, faultKeys)},
		{"case", "A case of probe, with its verdict.", []Key{
			{Name: "id", Kind: Text, Text: "the ID of the case, for --only and --skip"},
			{Name: "verdict", Kind: Text, Text: "what the case shows", Words: []string{"PASS", "FAIL", "KNOWN", "INFO", "INCONCLUSIVE"}},
			{Name: "place", Kind: Text, Text: "where the frame is cut, for people; the words may change"},
			{Name: "reason", Kind: Text, Text: "why the verdict is not PASS, for people; the words may change", When: "the verdict is not PASS"},
			{Name: "hint", Kind: Text, Text: "what to do about it, for people; the words may change", When: "there is something"},
			{Name: "writes", Kind: Texts, Text: "what was written, a text of hex digits for each write"},
			{Name: "expected", Kind: Texts, Text: "the frames that should have come, in hex", When: "it is known"},
			{Name: "got", Kind: Texts, Text: "the frames that came, in hex", When: "there are any"},
			{Name: "tail", Kind: Hex, Text: "the bytes that came after the last whole frame", When: "there are any"},
			{Name: "stored", Kind: Text, Text: "what the command of --exec-oracle printed that was new after the case", When: "there is any"},
			{Name: "stderr", Kind: Text, Text: "the end of what the process wrote to its standard error", When: "the verdict is not PASS, and it wrote something"},
			{Name: "exit", Kind: Text, Text: "how the process ended: its status, or the signal", When: "the peer is a COMMAND, and it ended"},
			{Name: "peak_rss", Kind: Integer, Text: "the most memory in bytes that the process used", When: "the peer is a COMMAND, and the system reports it"},
			{Name: "repeat", Kind: Text, Text: "a command that sends the same with the same cuts"},
			{Name: "seconds", Kind: Number, Text: "how long the case took"},
		}},
		{"probe", "What probe found. It is the last record.", []Key{
			{Name: "address", Kind: Text, Text: "the address of the peer"},
			{Name: "framing", Kind: Text, Text: "the SPEC of -f"},
			{Name: "oracle", Kind: Text, Text: "the rule by which replies were judged; none if there was nothing to judge by"},
			{Name: "messages", Kind: Integer, Text: "the number of messages that were sent uncut"},
			{Name: "passed", Kind: Integer, Text: "the number of cases with the verdict PASS"},
			{Name: "failed", Kind: Integer, Text: "the number with FAIL"},
			{Name: "known", Kind: Integer, Text: "the number with KNOWN: they fail, and --known lists them"},
			{Name: "info", Kind: Integer, Text: "the number with INFO"},
			{Name: "inconclusive", Kind: Integer, Text: "the number with INCONCLUSIVE"},
			{Name: "merged", Kind: Boolean, Text: "true: the peer may have read some cuts in one piece"},
			{Name: "sentence", Kind: Text, Text: "what to do, for people; the words may change"},
		}},
		{"difference", "A message that differs from one stream to the other. diff prints it.", []Key{
			stream, direction,
			{Name: "change", Kind: Text, Text: "what happened to it", Words: []string{"changed", "removed", "added"}},
			{Name: "old", Kind: Object, Text: "the message in the first FILE, with the keys of a frame, and changed: an array of objects whose keys from and to are where bytes of the frame differ, and where the equal ones go on", When: "it was not added", Keys: message, Like: "frame"},
			{Name: "new", Kind: Object, Text: "the same in the second FILE", When: "it was not removed", Keys: message, Like: "frame"},
		}},
		{"diff", "The counts of two streams. diff prints it after their differences.", []Key{
			stream, direction,
			{Name: "equal", Kind: Integer, Text: "the number of messages that both have"},
			{Name: "changed", Kind: Integer, Text: "the number of messages that changed"},
			{Name: "removed", Kind: Integer, Text: "the number of messages that only the first FILE has"},
			{Name: "added", Kind: Integer, Text: "the number of messages that only the second FILE has"},
		}},
		{"reading", "A way to explain a number. why prints the readings of a number one after another, the best first.", []Key{
			{Name: "number", Kind: Text, Text: "the number as it was given"},
			{Name: "added", Kind: Integer, Text: "what was added to the length that was read; below 0 if something was subtracted", When: "the number is no length as it was read"},
			{Name: "bytes", Kind: Hex, Text: "what was read as a length, in the order in which it was sent", When: "the bytes are what explains the number"},
			{Name: "order", Kind: Text, Text: "how the bytes were read", When: "bytes is there", Words: []string{"big-endian", "little-endian"}},
			{Name: "is", Kind: Text, Text: "what the bytes or the number are, for people; the words may change", When: "means is not enough"},
			{Name: "means", Kind: Text, Text: "what happened, for people; the words may change"},
		}},
		{"summary", "The counts of an input. inspect prints it last; with --summary it prints no records of frames.", slices.Concat(source, []Key{
			{Name: "frames", Kind: Integer, Text: "the number of frames that were selected"},
			{Name: "silent", Kind: Integer, Text: "how many of them carry no message"},
			{Name: "bytes", Kind: Integer, Text: "the size of all these frames"},
			{Name: "payload", Kind: Integer, Text: "the size of all their payloads"},
			{Name: "fill", Kind: Integer, Text: "the number of bytes between frames"},
			{Name: "leftover", Kind: Integer, Text: "the number of bytes in unfinished frames"},
			{Name: "errors", Kind: Integer, Text: "the number of frames that cannot be read"},
			{Name: "skipped", Kind: Integer, Text: "the number of bytes that --on-error skip passed over"},
			{Name: "undecoded", Kind: Integer, Text: "the number of bytes that were not read as frames"},
			{Name: "sizes", Kind: Object, Text: "the sizes of the payloads", When: "there is a frame", Keys: []Key{
				{Name: "min", Kind: Integer, Text: "the smallest size"},
				{Name: "median", Kind: Integer, Text: "the median, within 1 %"},
				{Name: "p99", Kind: Integer, Text: "99 of 100 payloads are not larger, within 1 %"},
				{Name: "max", Kind: Integer, Text: "the largest size"},
				{Name: "histogram", Kind: Objects, Text: "how many payloads have which sizes", Keys: []Key{
					{Name: "from", Kind: Integer, Text: "the smallest size of this part"},
					{Name: "to", Kind: Integer, Text: "the largest size of this part"},
					{Name: "frames", Kind: Integer, Text: "the number of payloads"},
				}},
			}},
		})},
	}
}

// faultKeys are those of a frame that cannot be read.
var faultKeys = []Key{
	{Name: "frame", Kind: Integer, Text: "the number that the frame would have"},
	{Name: "offset", Kind: Integer, Text: "where the frame starts in the stream"},
	{Name: "at", Kind: Integer, Text: "where the first wrong byte is, or where the stream ends"},
	{Name: "have", Kind: Integer, Text: "the number of bytes of the frame that arrived"},
	{Name: "need", Kind: Integer, Text: "the number of bytes that the frame needs", When: "it is known"},
	{Name: "kind", Kind: Text, Text: "what is wrong, in one word, such as bad-trailer or truncated"},
	{Name: "detail", Kind: Text, Text: "what is wrong, for people; the words may change"},
}
