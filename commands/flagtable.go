package commands

import (
	"github.com/urfave/cli/v2"

	"framecat/commands/internal/formats"
)

// A commandSet says which commands have a flag.
type commandSet uint

const (
	onProgram commandSet = 1 << iota // framecat itself, without a command
	onEncode
	onDecode
	onSend
	onListen
	onInspect
	onFramings
	onCompletion
	onHelp

	onReaders = onDecode | onInspect
	onFilters = onEncode | onDecode
	onFiles   = onFilters | onInspect
	onNet     = onSend | onListen
	onAll     = onProgram | onFiles | onNet | onFramings | onCompletion
)

// A flagGroup is flags that a person looks for together.
type flagGroup struct {
	title string
	rows  []flagRow
}

type flagRow struct {
	on commandSet
	Flag
}

// flagTable has each flag of each command, in the order of help. A flag that means
// something else in another command has a row for each.
var flagTable = []flagGroup{
	{"Framing", []flagRow{
		{onFilters | onNet, Flag{Name: "framing", Short: "f", Value: Spec, Text: "how frames are marked", Without: "$FRAMECAT_FRAMING or u32be"}},
		{onInspect, Flag{Name: "framing", Short: "f", Value: Spec, Text: "how frames are marked", Without: "$FRAMECAT_FRAMING or auto",
			Words: []Term{{"auto", "look for the framing"}}}},
		{onNet, Flag{Name: "reply-framing", Value: Spec, Text: "how frames are marked the other way", Without: "as -f"}},
		{onFiles | onNet, Flag{Name: "max-frame", Value: Size, Text: "longest payload held in memory, 0: any", Default: "16MiB"}},
	}},
	{"Input", []flagRow{
		{onEncode, Flag{Name: "in", Short: "i", Value: Format, Text: "how messages are written", Default: "lines"}},
		{onNet, Flag{Name: "in", Short: "i", Value: Format, Text: "how messages are written on stdin", Default: "lines"}},
		{onEncode, Flag{Name: "message", Short: "m", Value: "TEXT", Text: "a message, instead of stdin; may be repeated", Repeat: true}},
		{onSend, Flag{Name: "message", Short: "m", Value: "TEXT", Text: "send this, not stdin; may be repeated", Repeat: true}},
		{onReaders, Flag{Name: "seek", Short: "s", Value: Size, Text: "skip this many bytes of each input"}},
		{onReaders, Flag{Name: "length", Short: "l", Value: Size, Text: "read only this many bytes of each input"}},
		{onReaders, Flag{Name: "capture", Value: "auto|raw|pcap|hexdump", Text: "what each FILE is", Default: "auto"}},
		{onReaders, Flag{Name: "stream", Value: Number, Text: "only this TCP stream of a capture, from 0"}},
		{onReaders, Flag{Name: "direction", Value: "c2s|s2c", Text: "only what client or server sent"}},
	}},
	{"Output", []flagRow{
		{onDecode | onNet, Flag{Name: "out", Short: "o", Value: Format, Text: "how messages are written", Default: "lines", Without: "lines, but see below",
			Words: []Term{{"dir:", "a file a message, in this folder"}}}},
		{onInspect, Flag{Name: "out", Short: "o", Value: "json", Text: "a record a frame, and one for all else"}},
		{onReaders, Flag{Name: "where", Value: Test, Text: "only frames like type=PING or payload~TEXT", Repeat: true}},
		{onReaders, Flag{Name: "frames", Value: "A-B", Text: "only these, from 0; also 7, 10- and -5"}},
		{onFilters | onListen, Flag{Name: "count", Short: "n", Value: Number, Text: "write N messages, then stop reading"}},
		{onInspect, Flag{Name: "count", Short: "n", Value: Number, Text: "show N frames, then stop reading"}},
	}},
	{"View", []flagRow{
		{onInspect, Flag{Name: "layout", Value: "frames|dump", Text: "a frame on its own rows, or not", Default: "frames"}},
		{onInspect, Flag{Name: "cols", Short: "c", Value: Number, Text: "bytes a row (16; on a terminal what fits)"}},
		{onInspect, Flag{Name: "rows", Value: Number, Text: "at most N rows a frame, 0: all"}},
		{onInspect, Flag{Name: "summary", Text: "counts and sizes, and no rows"}},
		{onInspect, Flag{Name: "trace", Text: "each read and decision of the reassembly buffer"}},
		{onInspect, Flag{Name: "chunks", Value: "3,3,4,1", Text: "of --trace: sizes of reads, the last repeats"}},
		{onNet, Flag{Name: "hex", Text: "show frames as hex with marks, as inspect does"}},
	}},
	{"Exchange", []flagRow{
		{onListen, Flag{Name: "echo", Text: "send each message back"}},
		{onListen, Flag{Name: "exec", Value: "COMMAND", Text: "run it for each connection, see below"}},
		{onSend, Flag{Name: "expect", Value: Number, Text: "end after N replies; status 6 if fewer come"}},
		{onSend, Flag{Name: "lockstep", Text: "wait for a reply to each message"}},
		{onSend, Flag{Name: "linger", Value: Duration, Text: "how long to wait for replies at the end"}},
		{onListen, Flag{Name: "linger", Value: Duration, Text: "how long --exec may be silent at the end", Default: "5s"}},
		{onSend, Flag{Name: "no-half-close", Text: "keep our side open after the last message"}},
		{onSend, Flag{Name: "repeat", Value: Number, Text: "send all messages N times, 0: without end", Default: "1"}},
		{onSend, Flag{Name: "rate", Value: Number, Text: "send N messages a second"}},
	}},
	{"Connection", []flagRow{
		{onSend, Flag{Name: "connect-timeout", Short: "w", Value: Duration, Text: "how long to wait for the connection", Without: "10s"}},
		{onListen, Flag{Name: "connect-timeout", Short: "w", Value: Duration, Text: "how long to wait for the first connection"}},
		{onSend, Flag{Name: "retry", Value: Duration, Text: "go on trying to connect"}},
		{onListen, Flag{Name: "keep-open", Short: "k", Text: "serve many connections at once"}},
		{onListen, Flag{Name: "max-conns", Value: Number, Text: "serve this many at once; more wait", Default: "1024"}},
		{onListen, Flag{Name: "port-file", Value: File, Text: "write the address that is listened on"}},
	}},
	{"Timeouts", []flagRow{
		{onNet, Flag{Name: "timeout", Value: Duration, Text: "end everything, with status 124"}},
		{onNet, Flag{Name: "idle-timeout", Value: Duration, Text: "end a connection that is silent"}},
		{onNet, Flag{Name: "frame-timeout", Value: Duration, Text: "for a whole frame, once begun; 0: any", Default: "30s"}},
	}},
	{"Cuts", []flagRow{
		{onSend, Flag{Name: "chunk", Value: "HOW", Text: "cut or merge the writes, see below", Words: chunkWords}},
		{onSend, Flag{Name: "gap", Value: Duration, Text: "between the writes of --chunk", Default: "2ms"}},
	}},
	{"TLS", []flagRow{ // Each of them asks for TLS, so that none is given in vain.
		{onNet, Flag{Name: "tls", Text: "use TLS, as tls://HOST:PORT does"}},
		{onNet, Flag{Name: "ca", Value: File, Text: "trust the authorities in it, no others"}},
		{onNet, Flag{Name: "cert", Value: File, Text: "show this certificate"}},
		{onNet, Flag{Name: "key", Value: File, Text: "its private key", Without: "that of --cert"}},
		{onSend, Flag{Name: "server-name", Value: "NAME", Text: "expect a certificate for it", Without: "the host"}},
		{onListen, Flag{Name: "client-ca", Value: File, Text: "clients must show a certificate issued by these"}},
		{onSend, Flag{Name: "insecure", Text: "take any certificate: anyone may listen in"}},
	}},
	{"Errors", []flagRow{
		{onFiles, Flag{Name: "on-error", Value: "stop|skip", Text: "after a bad frame, skip seeks the next", Default: "stop"}},
		{onFilters, Flag{Name: "partial", Value: File, Text: "keep the bytes of the last, unfinished frame"}},
	}},
	{"Terminal", []flagRow{
		{onFiles | onNet | onFramings | onHelp, Flag{Name: "color", Value: "auto|always|never", Text: "colours", Default: "auto"}},
		{onFilters | onNet, Flag{Name: "force", Text: "write binary to a terminal"}},
	}},
	{"Reports", []flagRow{
		{onFilters, Flag{Name: "stats", Text: "messages, bytes, sizes and throughput at the end"}},
		{onSend, Flag{Name: "stats", Text: "messages, writes and round trips at the end"}},
		{onFiles | onNet, Flag{Name: "verbose", Short: "v", Text: "say more on stderr"}},
		{onFiles | onSend, Flag{Name: "quiet", Short: "q", Text: "only errors on stderr"}},
		{onListen, Flag{Name: "quiet", Short: "q", Text: "print no messages, and only errors on stderr"}},
		{onAll, Flag{Name: "help", Short: "h", Text: "print help"}},
		{onAll, Flag{Name: "version", Short: "V", Text: "print version, commit and date"}},
	}},
}

// chunkWords are the values of --chunk that have a name.
var chunkWords = []Term{
	{"frame", "a frame a write"},
	{"header", "each header apart from the rest"},
	{"merge", "all frames that are pending in a write"},
	{"random", "writes of any size"},
}

// fileArgs are the arguments of the commands that read files.
var fileArgs = []Arg{{Value: File, Optional: true, Repeat: true}}

// addressWords are how addresses begin.
var addressWords = []Term{
	{"localhost:", "a port of this machine"},
	{"tls://", "HOST:PORT, with TLS"},
	{"unix:", "the path of a socket"},
}

// programExamples are those of framecat itself.
var programExamples = []Example{
	{Text: "two messages into frames, and out again",
		Line: `printf 'hi\nthere\n' | framecat encode -f u8 | framecat decode -f u8`, Want: "hi\nthere\n"},
	{Text: "a message to a length-prefixed server, and its reply",
		Line: `framecat send -f u32be localhost:4000 -m hello`, Want: "hello", Peer: "framecat listen -k --echo -f u32be 4000"},
	{Text: "what is in this capture?",
		Line: `framecat inspect -f auto capture.bin`, File: "capture.bin", Data: "5:hello,9:two words,12:and one more,", Want: "#2 payload 12"},
}

// formatTerms are the formats that are no framings. dir:PATH is for --out only.
func formatTerms() (terms []Term) {
	for _, f := range formats.FormatHelp {
		if f.Name != "dir:" {
			terms = append(terms, Term{f.Name, f.Text})
		}
	}
	return terms
}

// flagsOf are the flags of a command.
func flagsOf(command commandSet) (flags []Flag) {
	for _, g := range flagTable {
		for _, row := range g.rows {
			if row.on&command != 0 {
				row.Group = g.title
				flags = append(flags, row.Flag)
			}
		}
	}
	return flags
}

// cliFlags are flags as urfave/cli reads them.
func cliFlags(flags []Flag) (out []cli.Flag) {
	for _, f := range flags {
		switch {
		case f.Value == "":
			out = append(out, &cli.BoolFlag{Name: f.Name})
		case f.Repeat:
			out = append(out, &cli.StringSliceFlag{Name: f.Name, KeepSpace: true})
		default:
			out = append(out, &cli.StringFlag{Name: f.Name, Value: f.Default})
		}
	}
	return out
}
