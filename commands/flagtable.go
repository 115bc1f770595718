package commands

import (
	"github.com/urfave/cli/v2"

	"framecat/commands/internal/formats"
	"framecat/commands/internal/manual"
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
	manual.Flag
}

// flagTable has each flag of each command, in the order of help. A flag that means
// something else in another command has a row for each.
var flagTable = []flagGroup{
	{"Framing", []flagRow{
		{onFilters | onNet, manual.Flag{Name: "framing", Short: "f", Value: manual.Spec, Text: "how frames are marked", Without: "$FRAMECAT_FRAMING or u32be"}},
		{onInspect, manual.Flag{Name: "framing", Short: "f", Value: manual.Spec, Text: "how frames are marked", Without: "$FRAMECAT_FRAMING or auto",
			Words: []manual.Term{{Word: "auto", Text: "look for the framing"}}}},
		{onNet, manual.Flag{Name: "reply-framing", Value: manual.Spec, Text: "how frames are marked the other way", Without: "as -f"}},
		{onFiles | onNet, manual.Flag{Name: "max-frame", Value: manual.Size, Text: "longest payload held in memory, 0: any", Default: "16MiB"}},
	}},
	{"Input", []flagRow{
		{onEncode, manual.Flag{Name: "in", Short: "i", Value: manual.Format, Text: "how messages are written", Default: "lines"}},
		{onNet, manual.Flag{Name: "in", Short: "i", Value: manual.Format, Text: "how messages are written on stdin", Default: "lines"}},
		{onEncode, manual.Flag{Name: "message", Short: "m", Value: "TEXT", Text: "a message, instead of stdin; may be repeated", Repeat: true}},
		{onSend, manual.Flag{Name: "message", Short: "m", Value: "TEXT", Text: "send this, not stdin; may be repeated", Repeat: true}},
		{onReaders, manual.Flag{Name: "seek", Short: "s", Value: manual.Size, Text: "skip this many bytes of each input"}},
		{onReaders, manual.Flag{Name: "length", Short: "l", Value: manual.Size, Text: "read only this many bytes of each input"}},
		{onReaders, manual.Flag{Name: "capture", Value: "auto|raw|pcap|hexdump", Text: "what each FILE is", Default: "auto"}},
		{onReaders, manual.Flag{Name: "stream", Value: manual.Number, Text: "only this TCP stream of a capture, from 0"}},
		{onReaders, manual.Flag{Name: "direction", Value: "c2s|s2c", Text: "only what client or server sent"}},
	}},
	{"Output", []flagRow{
		{onDecode | onNet, manual.Flag{Name: "out", Short: "o", Value: manual.Format, Text: "how messages are written", Default: "lines", Without: "lines, but see below",
			Words: []manual.Term{{Word: "dir:", Text: "a file a message, in this folder"}}}},
		{onInspect, manual.Flag{Name: "out", Short: "o", Value: "json", Text: "a record a frame, and one for all else"}},
		{onReaders, manual.Flag{Name: "where", Value: manual.Test, Text: "only frames like type=PING or payload~TEXT", Repeat: true}},
		{onReaders, manual.Flag{Name: "frames", Value: "A-B", Text: "only these, from 0; also 7, 10- and -5"}},
		{onFilters | onListen, manual.Flag{Name: "count", Short: "n", Value: manual.Number, Text: "write N messages, then stop reading"}},
		{onInspect, manual.Flag{Name: "count", Short: "n", Value: manual.Number, Text: "show N frames, then stop reading"}},
	}},
	{"View", []flagRow{
		{onInspect, manual.Flag{Name: "layout", Value: "frames|dump", Text: "a frame on its own rows, or not", Default: "frames"}},
		{onInspect, manual.Flag{Name: "cols", Short: "c", Value: manual.Number, Text: "bytes a row (16; on a terminal what fits)"}},
		{onInspect, manual.Flag{Name: "rows", Value: manual.Number, Text: "at most N rows a frame, 0: all"}},
		{onInspect, manual.Flag{Name: "summary", Text: "counts and sizes, and no rows"}},
		{onInspect, manual.Flag{Name: "trace", Text: "each read and decision of the reassembly buffer"}},
		{onInspect, manual.Flag{Name: "chunks", Value: "3,3,4,1", Text: "of --trace: sizes of reads, the last repeats"}},
		{onNet, manual.Flag{Name: "hex", Text: "show frames as hex with marks, as inspect does"}},
	}},
	{"Exchange", []flagRow{
		{onListen, manual.Flag{Name: "echo", Text: "send each message back"}},
		{onListen, manual.Flag{Name: "exec", Value: "COMMAND", Text: "run it for each connection, see below"}},
		{onSend, manual.Flag{Name: "expect", Value: manual.Number, Text: "end after N replies; status 6 if fewer come"}},
		{onSend, manual.Flag{Name: "lockstep", Text: "wait for a reply to each message"}},
		{onSend, manual.Flag{Name: "linger", Value: manual.Duration, Text: "how long to wait for replies at the end"}},
		{onListen, manual.Flag{Name: "linger", Value: manual.Duration, Text: "how long --exec may be silent at the end", Default: "5s"}},
		{onSend, manual.Flag{Name: "no-half-close", Text: "keep our side open after the last message"}},
		{onSend, manual.Flag{Name: "repeat", Value: manual.Number, Text: "send all messages N times, 0: without end", Default: "1"}},
		{onSend, manual.Flag{Name: "rate", Value: manual.Number, Text: "send N messages a second"}},
	}},
	{"Connection", []flagRow{
		{onSend, manual.Flag{Name: "connect-timeout", Short: "w", Value: manual.Duration, Text: "how long to wait for the connection", Without: "10s"}},
		{onListen, manual.Flag{Name: "connect-timeout", Short: "w", Value: manual.Duration, Text: "how long to wait for the first connection"}},
		{onSend, manual.Flag{Name: "retry", Value: manual.Duration, Text: "go on trying to connect"}},
		{onListen, manual.Flag{Name: "keep-open", Short: "k", Text: "serve many connections at once"}},
		{onListen, manual.Flag{Name: "max-conns", Value: manual.Number, Text: "serve this many at once; more wait", Default: "1024"}},
		{onListen, manual.Flag{Name: "port-file", Value: manual.File, Text: "write the address that is listened on"}},
	}},
	{"Timeouts", []flagRow{
		{onNet, manual.Flag{Name: "timeout", Value: manual.Duration, Text: "end everything, with status 124"}},
		{onNet, manual.Flag{Name: "idle-timeout", Value: manual.Duration, Text: "end a connection that is silent"}},
		{onNet, manual.Flag{Name: "frame-timeout", Value: manual.Duration, Text: "for a whole frame, once begun; 0: any", Default: "30s"}},
	}},
	{"Cuts", []flagRow{
		{onSend, manual.Flag{Name: "chunk", Value: "HOW", Text: "cut or merge the writes, see below", Words: chunkWords}},
		{onSend, manual.Flag{Name: "gap", Value: manual.Duration, Text: "between the writes of --chunk", Default: "2ms"}},
	}},
	{"TLS", []flagRow{ // Each of them asks for TLS, so that none is given in vain.
		{onNet, manual.Flag{Name: "tls", Text: "use TLS, as tls://HOST:PORT does"}},
		{onNet, manual.Flag{Name: "ca", Value: manual.File, Text: "trust the authorities in it, no others"}},
		{onNet, manual.Flag{Name: "cert", Value: manual.File, Text: "show this certificate"}},
		{onNet, manual.Flag{Name: "key", Value: manual.File, Text: "its private key", Without: "that of --cert"}},
		{onSend, manual.Flag{Name: "server-name", Value: "NAME", Text: "expect a certificate for it", Without: "the host"}},
		{onListen, manual.Flag{Name: "client-ca", Value: manual.File, Text: "clients must show a certificate issued by these"}},
		{onSend, manual.Flag{Name: "insecure", Text: "take any certificate: anyone may listen in"}},
	}},
	{"Errors", []flagRow{
		{onFiles, manual.Flag{Name: "on-error", Value: "stop|skip", Text: "after a bad frame, skip seeks the next", Default: "stop"}},
		{onFilters, manual.Flag{Name: "partial", Value: manual.File, Text: "keep the bytes of the last, unfinished frame"}},
	}},
	{"Terminal", []flagRow{
		{onFiles | onNet | onFramings | onHelp, manual.Flag{Name: "color", Value: "auto|always|never", Text: "colours", Default: "auto"}},
		{onFilters | onNet, manual.Flag{Name: "force", Text: "write binary to a terminal"}},
	}},
	{"Reports", []flagRow{
		{onFilters, manual.Flag{Name: "stats", Text: "messages, bytes, sizes and throughput at the end"}},
		{onSend, manual.Flag{Name: "stats", Text: "messages, writes and round trips at the end"}},
		{onFiles | onNet, manual.Flag{Name: "verbose", Short: "v", Text: "say more on stderr"}},
		{onFiles | onSend, manual.Flag{Name: "quiet", Short: "q", Text: "only errors on stderr"}},
		{onListen, manual.Flag{Name: "quiet", Short: "q", Text: "print no messages, and only errors on stderr"}},
		{onAll, manual.Flag{Name: "help", Short: "h", Text: "print help"}},
		{onAll, manual.Flag{Name: "version", Short: "V", Text: "print version, commit and date"}},
	}},
}

// chunkWords are the values of --chunk that have a name.
var chunkWords = []manual.Term{
	{Word: "frame", Text: "a frame a write"},
	{Word: "header", Text: "each header apart from the rest"},
	{Word: "merge", Text: "all frames that are pending in a write"},
	{Word: "random", Text: "writes of any size"},
}

// fileArgs are the arguments of the commands that read files.
var fileArgs = []manual.Arg{{Value: manual.File, Optional: true, Repeat: true}}

// addressWords are how addresses begin.
var addressWords = []manual.Term{
	{Word: "localhost:", Text: "a port of this machine"},
	{Word: "tls://", Text: "HOST:PORT, with TLS"},
	{Word: "unix:", Text: "the path of a socket"},
}

// programExamples are those of framecat itself.
var programExamples = []manual.Example{
	{Text: "two messages into frames, and out again",
		Line: `printf 'hi\nthere\n' | framecat encode -f u8 | framecat decode -f u8`},
	{Text: "a message to a length-prefixed server, and its reply",
		Line: `framecat send -f u32be localhost:4000 -m hello`},
	{Text: "what is in this capture?",
		Line: `framecat inspect -f auto capture.bin`},
}

// formatTerms are the formats that are no framings. dir:PATH is for --out only.
func formatTerms() (terms []manual.Term) {
	for _, f := range formats.FormatHelp {
		if f.Name != "dir:" {
			terms = append(terms, manual.Term{Word: f.Name, Text: f.Text})
		}
	}
	return terms
}

// flagsOf are the flags of a command.
func flagsOf(command commandSet) (flags []manual.Flag) {
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
func cliFlags(flags []manual.Flag) (out []cli.Flag) {
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
