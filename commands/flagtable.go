package commands

import (
	"slices"

	"github.com/urfave/cli/v2"

	"framecat/commands/internal/manual"
)

// A command is a subcommand: its page in the manual, and the function that runs it.
type command struct {
	page manual.Command
	run  cli.ActionFunc
}

// A commandSet is the set of commands that have a flag.
type commandSet uint

const (
	onProgram commandSet = 1 << iota // framecat itself, without a command
	onEncode
	onDecode
	onSend
	onListen
	onInspect
	onTap
	onProbe
	onDiff
	onWhy
	onFramings
	onCompletion
	onHelp

	onChunks  = onSend | onTap
	onReaders = onDecode | onInspect
	onStreams = onReaders | onDiff
	onFilters = onEncode | onDecode
	onFiles   = onFilters | onInspect
	onNet     = onSend | onListen
	onAll     = onProgram | onFiles | onNet | onTap | onProbe | onDiff | onWhy | onFramings | onCompletion
)

// A flagGroup is a group of flags in help.
type flagGroup struct {
	title string
	rows  []flagRow
}

// A flagRow is a flag, with the commands that have it.
type flagRow struct {
	on commandSet
	manual.Flag
}

// flagTable has each flag of each command, in the order of help. A flag with different
// meanings in different commands has a row for each meaning.
var flagTable = []flagGroup{
	{"Framing", []flagRow{
		{onEncode | onSend | onProbe, manual.Flag{Name: "framing", Short: "f", Value: manual.Spec, Text: "set the framing", Without: "$FRAMECAT_FRAMING or u32be"}},
		{onDecode | onListen | onDiff, manual.Flag{Name: "framing", Short: "f", Value: manual.Spec, Text: "set the framing", Without: "$FRAMECAT_FRAMING or u32be", Words: autoWords}},
		{onInspect | onTap, manual.Flag{Name: "framing", Short: "f", Value: manual.Spec, Text: "set the framing", Without: "$FRAMECAT_FRAMING or auto", Words: autoWords}},
		{onSend | onTap, manual.Flag{Name: "reply-framing", Value: manual.Spec, Text: "set the framing of replies", Without: "as -f", Words: autoWords}},
		{onListen | onProbe, manual.Flag{Name: "reply-framing", Value: manual.Spec, Text: "set the framing of replies", Without: "as -f"}},
		{onTap, manual.Flag{Name: "to", Value: manual.Spec, Text: "translate messages of -f to SPEC, and back"}},
		{onReaders | onNet | onTap, manual.Flag{Name: "join", Text: "read whole messages, of all their frames"}},
		{onFiles | onNet | onTap | onProbe | onDiff, manual.Flag{Name: "max-frame", Value: manual.Size, Text: "limit payloads in memory; 0: none", Default: "16MiB"}},
	}},
	{"Input", []flagRow{
		{onEncode | onNet | onProbe, manual.Flag{Name: "in", Short: "i", Value: manual.Format, Text: "set the input format", Default: "lines"}},
		{onEncode, manual.Flag{Name: "message", Short: "m", Value: "TEXT", Text: "encode TEXT instead of files; may be repeated", Repeat: true}},
		{onSend | onProbe, manual.Flag{Name: "message", Short: "m", Value: "TEXT", Text: "send TEXT instead of files; may be repeated", Repeat: true}},
		{onStreams, manual.Flag{Name: "seek", Short: "s", Value: manual.Size, Text: "skip the first SIZE bytes of each input"}},
		{onStreams, manual.Flag{Name: "length", Short: "l", Value: manual.Size, Text: "read only SIZE bytes of each input"}},
		{onStreams, manual.Flag{Name: "capture", Value: "auto|raw|pcap|hexdump", Text: "set the type of each FILE", Default: "auto"}},
		{onStreams, manual.Flag{Name: "decompress", Value: "auto|never", Text: "decompress gzip and zstd", Default: "auto"}},
		{onStreams, manual.Flag{Name: "stream", Value: manual.Number, Text: "read only TCP stream N of a capture, from 0"}},
		{onStreams, manual.Flag{Name: "direction", Value: "c2s|s2c", Text: "read only what the client or the server sent"}},
	}},
	{"Comparison", []flagRow{
		{onDiff, manual.Flag{Name: "ignore", Value: "WHAT", Text: "leave out a part of messages; may be repeated", Repeat: true}},
		{onDiff, manual.Flag{Name: "bytes", Text: "compare JSON payloads byte by byte"}},
	}},
	{"Output", []flagRow{
		{onDecode | onNet, manual.Flag{Name: "out", Short: "o", Value: manual.Format, Text: "set the output format", Default: "lines", Without: "lines, see FORMAT", Words: dirWords}},
		{onInspect | onTap | onProbe | onDiff | onWhy, manual.Flag{Name: "out", Short: "o", Value: "json", Text: "print JSON records: see framecat help json"}},
		{onDecode | onListen, manual.Flag{Name: "each", Value: "COMMAND", Text: "run a shell command for each message"}},
		{onDecode | onListen, manual.Flag{Name: "jobs", Short: "j", Value: manual.Number, Text: "with --each, run up to N at once", Default: "1"}},
		{onStreams | onNet | onTap, manual.Flag{Name: "json-payload", Text: "embed payloads that are JSON; needs -o json"}},
		{onReaders | onListen | onTap, manual.Flag{Name: "where", Value: manual.Test, Text: "select messages that meet TEST; may be repeated", Repeat: true}},
		{onReaders | onTap, manual.Flag{Name: "frames", Value: "A-B", Text: "select frames by number, from 0: 2-5, 7, 10-, -5"}},
		{onFilters | onListen, manual.Flag{Name: "count", Short: "n", Value: manual.Number, Text: "stop after N messages"}},
		{onInspect, manual.Flag{Name: "count", Short: "n", Value: manual.Number, Text: "stop after N frames"}},
		{onTap, manual.Flag{Name: "count", Short: "n", Value: manual.Number, Text: "show N messages; all are relayed"}},
		{onInspect | onDiff, manual.Flag{Name: "html", Value: manual.File, Text: "write a page for browsers to FILE"}},
		{onTap, manual.Flag{Name: "html", Value: manual.File, Text: "write a page for browsers to FILE at the end"}},
		{onTap, manual.Flag{Name: "log", Value: manual.File, Text: "show messages in FILE; %p is the process number"}},
		{onTap, manual.Flag{Name: "record", Value: manual.File, Text: "record all in FILE, or ring:SIZE:FILE"}},
		{onTap, manual.Flag{Name: "redact", Value: "WHAT", Text: "hide a value in messages; may be repeated", Repeat: true}},
		{onTap, manual.Flag{Name: "redact-bytes", Value: "REGEX", Text: "hide what matches in payloads; may be repeated", Repeat: true}},
	}},
	{"View", []flagRow{
		{onInspect, manual.Flag{Name: "layout", Value: "LAYOUT", Text: "show frames, one dump, or a list", Default: "frames", Words: layoutWords}},
		{onTap, manual.Flag{Name: "layout", Value: "list|frames", Text: "show lines, or rows of hex", Default: "list"}},
		{onInspect, manual.Flag{Name: "by", Value: "stream|time", Text: "set the order of messages", Without: "see Order"}},
		{onInspect | onTap, manual.Flag{Name: "time", Value: "TIMES", Text: "set the times of a list", Default: "clock", Words: timeWords}},
		{onInspect | onTap, manual.Flag{Name: "width", Value: manual.Number, Text: "cut the lines of a list at N columns"}},
		{onInspect | onDiff, manual.Flag{Name: "cols", Short: "c", Value: manual.Number, Text: "show N bytes per row", Without: "16, or as many as fit"}},
		{onInspect | onDiff, manual.Flag{Name: "rows", Value: manual.Number, Text: "limit rows per frame; 0: all", Without: "terminal: 32"}},
		{onInspect, manual.Flag{Name: "list", Text: "print a line per connection of a capture"}},
		{onInspect, manual.Flag{Name: "summary", Text: "print only counts and sizes"}},
		{onInspect, manual.Flag{Name: "trace", Text: "show step by step how reads become frames"}},
		{onInspect, manual.Flag{Name: "chunks", Value: "3,3,4,1", Text: "set the read sizes of --trace; the last repeats"}},
		{onInspect, manual.Flag{Name: "times", Text: "show times of frames, and the times between"}},
		{onTap, manual.Flag{Name: "hex", Text: "show rows of hex, as --layout frames"}},
		{onTap, manual.Flag{Name: "rows", Value: manual.Number, Text: "with --hex, limit rows per frame; 0: all"}},
		{onNet, manual.Flag{Name: "hex", Text: "show frames both ways in hex, as inspect does"}},
		{onNet, manual.Flag{Name: "rows", Value: manual.Number, Text: "with --hex, limit rows per frame; 0: all"}},
		{onNet, manual.Flag{Name: "times", Text: "with --hex, show the time of each frame"}},
	}},
	{"Probing", []flagRow{
		{onProbe, manual.Flag{Name: "only", Value: "ID", Text: "play only these cases; may be repeated", Repeat: true}},
		{onProbe, manual.Flag{Name: "skip", Value: "ID", Text: "leave out these cases; may be repeated", Repeat: true}},
		{onProbe, manual.Flag{Name: "thorough", Text: "try more offsets, and a long message"}},
		{onProbe, manual.Flag{Name: "malformed", Text: "send wrong lengths, checksums and garbage, too"}},
		{onProbe, manual.Flag{Name: "seed", Value: manual.Number, Text: "choose the garbage of --malformed", Default: "1"}},
		{onProbe, manual.Flag{Name: "known", Value: manual.File, Text: "expect failures of the cases in FILE"}},
		{onProbe, manual.Flag{Name: "jobs", Value: manual.Number, Text: "play N cases at once", Default: "1"}},
		{onProbe, manual.Flag{Name: "listen", Text: "probe a client that connects to ADDRESS"}},
		{onProbe, manual.Flag{Name: "reply", Value: "TEXT", Text: "answer a client with TEXT; may be repeated", Repeat: true}},
		{onProbe, manual.Flag{Name: "echo", Text: "answer a client with its own messages"}},
		{onProbe, manual.Flag{Name: "stream", Value: manual.Number, Text: "answer as stream N of a recording did, from 0"}},
		{onProbe, manual.Flag{Name: "run", Value: "COMMAND", Text: "start the client with this shell command"}},
		{onProbe, manual.Flag{Name: "dry-run", Text: "list the cases, and send nothing"}},
		{onProbe, manual.Flag{Name: "expect-reply", Value: "TEXT", Text: "expect TEXT as next reply; may be repeated", Repeat: true}},
		{onProbe, manual.Flag{Name: "ignore", Value: "WHAT", Text: "leave out a part of replies; may be repeated", Repeat: true}},
		{onProbe, manual.Flag{Name: "exec-oracle", Value: "COMMAND", Text: "compare what this prints: all that is stored"}},
		{onProbe, manual.Flag{Name: "gap", Value: manual.Duration, Text: "wait where reads cannot be seen", Default: "20ms"}},
		{onProbe, manual.Flag{Name: "max-time", Value: manual.Duration, Text: "report so far, status 124, after this time"}},
		{onProbe, manual.Flag{Name: "junit", Value: manual.File, Text: "write the report as JUnit XML too"}},
		{onProbe, manual.Flag{Name: "html", Value: manual.File, Text: "write the report as a page for browsers too"}},
	}},
	{"Exchange", []flagRow{
		{onListen, manual.Flag{Name: "echo", Text: "send each message back"}},
		{onListen, manual.Flag{Name: "exec", Value: "COMMAND", Text: "run a shell command for each connection"}},
		{onSend, manual.Flag{Name: "expect", Value: manual.Number, Text: "end after N replies; status 6 if fewer arrive"}},
		{onSend, manual.Flag{Name: "lockstep", Text: "wait for a reply after each message"}},
		{onSend, manual.Flag{Name: "linger", Value: manual.Duration, Text: "wait this long for replies after the last message"}},
		{onListen, manual.Flag{Name: "linger", Value: manual.Duration, Text: "stop COMMAND if it is silent this long", Default: "5s"}},
		{onSend, manual.Flag{Name: "no-half-close", Text: "keep our side open after the last message"}},
		{onSend, manual.Flag{Name: "repeat", Value: manual.Number, Text: "send all messages N times; 0: forever", Default: "1"}},
		{onSend, manual.Flag{Name: "rate", Value: manual.Number, Text: "send N messages per second"}},
	}},
	{"Replay", []flagRow{
		{onSend, manual.Flag{Name: "replay", Value: manual.File, Text: "send what the client of a recording sent"}},
		{onListen, manual.Flag{Name: "replay", Value: manual.File, Text: "answer as the server of a recording did"}},
		{onNet, manual.Flag{Name: "stream", Value: manual.Number, Text: "play only stream N of the recording, from 0"}},
		{onSend, manual.Flag{Name: "speed", Value: "N|max", Text: "keep the recorded times, N times as fast"}},
		{onListen, manual.Flag{Name: "speed", Value: "N|max", Text: "keep recorded pauses, N times as fast"}},
		{onNet, manual.Flag{Name: "ignore", Value: "WHAT", Text: "leave out a part of messages; may be repeated", Repeat: true}},
		{onListen, manual.Flag{Name: "on-miss", Value: "close|echo|FILE", Text: "answer what is not recorded", Default: "close"}},
	}},
	{"Connection", []flagRow{
		{onSend | onTap | onProbe, manual.Flag{Name: "connect-timeout", Short: "w", Value: manual.Duration, Text: "limit the time to connect", Without: "10s"}},
		{onListen, manual.Flag{Name: "connect-timeout", Short: "w", Value: manual.Duration, Text: "end if nobody connects within this time"}},
		{onSend | onTap, manual.Flag{Name: "retry", Value: manual.Duration, Text: "keep trying to connect for this time"}},
		{onListen, manual.Flag{Name: "keep-open", Short: "k", Text: "serve many connections at once"}},
		{onListen | onTap, manual.Flag{Name: "max-conns", Value: manual.Number, Text: "serve N at once; others wait", Default: "1024"}},
		{onListen, manual.Flag{Name: "max-memory", Value: manual.Size, Text: "limit all buffers; 0: none", Without: "1/4 RAM"}},
		{onListen | onTap | onProbe, manual.Flag{Name: "port-file", Value: manual.File, Text: "write the address in use to FILE"}},
		{onTap, manual.Flag{Name: "allow-remote", Text: "accept connections from other machines"}},
		{onProbe, manual.Flag{Name: "allow-remote", Text: "probe a peer on another machine"}},
	}},
	{"Timeouts", []flagRow{
		{onNet | onTap, manual.Flag{Name: "timeout", Value: manual.Duration, Text: "exit with status 124 after this time"}},
		{onNet | onTap, manual.Flag{Name: "idle-timeout", Value: manual.Duration, Text: "end a connection after this much silence"}},
		{onNet, manual.Flag{Name: "frame-timeout", Value: manual.Duration, Text: "limit the time of a frame; 0: none", Default: "30s"}},
	}},
	{"Chunks", []flagRow{
		{onChunks, manual.Flag{Name: "chunk", Value: "HOW", Text: "cut or merge the writes on purpose", Words: chunkWords}},
		{onChunks, manual.Flag{Name: "gap", Value: manual.Duration, Text: "wait between the writes of --chunk", Default: "2ms"}},
	}},
	{"Faults", []flagRow{
		{onTap, manual.Flag{Name: "drop", Value: manual.Test, Text: "do not pass on messages that meet TEST, or N%", Words: faultWords, Repeat: true}},
		{onTap, manual.Flag{Name: "delay", Value: "DURATION[:TEST]", Text: "pass messages on later", Repeat: true}},
		{onTap, manual.Flag{Name: "dup", Value: manual.Test, Text: "pass on messages twice", Words: faultWords, Repeat: true}},
		{onTap, manual.Flag{Name: "flip", Value: manual.Test, Text: "invert a bit of payloads; header:TEST: headers", Words: faultWords, Repeat: true}},
		{onTap, manual.Flag{Name: "reset", Value: manual.Test, Text: "reset the connection at a message", Words: faultWords, Repeat: true}},
		{onTap, manual.Flag{Name: "seed", Value: manual.Number, Text: "repeat the random choices of a run"}},
		{onTap, manual.Flag{Name: "direction", Value: "c2s|s2c", Text: "limit faults and --chunk to one direction"}},
	}},
	{"TLS", []flagRow{ // each turns TLS on, so that no flag is without effect
		{onNet | onTap | onProbe, manual.Flag{Name: "tls", Text: "use TLS, as with the address tls://HOST:PORT"}},
		{onNet | onProbe, manual.Flag{Name: "ca", Value: manual.File, Text: "trust only the authorities in FILE"}},
		{onNet | onTap | onProbe, manual.Flag{Name: "cert", Value: manual.File, Text: "present the certificate in FILE"}},
		{onNet | onTap | onProbe, manual.Flag{Name: "key", Value: manual.File, Text: "use the private key in FILE", Without: "that of --cert"}},
		{onSend | onProbe, manual.Flag{Name: "server-name", Value: "NAME", Text: "expect a certificate for NAME", Without: "the host"}},
		{onListen | onTap | onProbe, manual.Flag{Name: "client-ca", Value: manual.File, Text: "require client certificates from these authorities"}},
		{onSend | onProbe, manual.Flag{Name: "insecure", Text: "accept any certificate; this is not secure"}},
	}},
	{"TLS to TARGET", []flagRow{ // here too
		{onTap, manual.Flag{Name: "target-tls", Text: "use TLS, as with the address tls://HOST:PORT"}},
		{onTap, manual.Flag{Name: "target-ca", Value: manual.File, Text: "trust only the authorities in FILE"}},
		{onTap, manual.Flag{Name: "target-cert", Value: manual.File, Text: "present the certificate in FILE"}},
		{onTap, manual.Flag{Name: "target-key", Value: manual.File, Text: "use the private key in FILE"}},
		{onTap, manual.Flag{Name: "target-server-name", Value: "NAME", Text: "expect a certificate for NAME"}},
		{onTap, manual.Flag{Name: "target-insecure", Text: "accept any certificate; this is not secure"}},
	}},
	{"Errors", []flagRow{
		{onTap, manual.Flag{Name: "expect-clean", Text: "fail if frames were malformed or unfinished"}},
		{onEncode, manual.Flag{Name: "on-error", Value: "stop|skip", Text: "stop at a bad message, or skip it", Default: "stop"}},
		{onReaders, manual.Flag{Name: "on-error", Value: "stop|skip", Text: "stop at a bad frame, or skip it", Default: "stop"}},
		{onFilters, manual.Flag{Name: "partial", Value: manual.File, Text: "save the bytes of an unfinished last frame"}},
	}},
	{"Framings", []flagRow{
		{onFramings, manual.Flag{Name: "search", Value: "WORD", Text: "list the framings that have WORD"}},
		{onFramings, manual.Flag{Name: "to", Value: "wireshark|kaitai|imhex", Text: "print it for another program"}},
	}},
	{"Terminal", []flagRow{
		{onFiles | onNet | onTap | onProbe | onDiff | onWhy | onFramings | onHelp, manual.Flag{Name: "color", Value: "auto|always|never", Text: "choose when to use colours", Default: "auto"}},
		{onFilters, manual.Flag{Name: "force", Text: "write binary data to a terminal"}},
		{onNet, manual.Flag{Name: "force", Text: "write binary to a terminal; ignore damage"}},
	}},
	{"Reports", []flagRow{
		{onCompletion, manual.Flag{Name: "install", Value: "DIR", Text: "write all scripts and the manual pages below DIR"}},
		{onFilters, manual.Flag{Name: "stats", Text: "print counts, sizes and throughput at the end"}},
		{onSend, manual.Flag{Name: "stats", Text: "print counts and round-trip times at the end"}},
		{onFiles | onNet | onTap | onProbe | onDiff, manual.Flag{Name: "verbose", Short: "v", Text: "print more on stderr"}},
		{onFiles | onSend | onProbe | onDiff, manual.Flag{Name: "quiet", Short: "q", Text: "print only errors on stderr"}},
		{onListen | onTap, manual.Flag{Name: "quiet", Short: "q", Text: "print no messages, and only errors on stderr"}},
		{onAll, manual.Flag{Name: "help", Short: "h", Text: "print help"}},
		{onAll, manual.Flag{Name: "version", Short: "V", Text: "print version, commit and date"}},
	}},
}

// flagsOf returns the flags of a command.
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

// commandsWith returns the commands that have a flag, which is written with its dashes.
func commandsWith(flag string) (names []string) {
	var have commandSet
	for _, g := range flagTable {
		for _, row := range g.rows {
			if slices.Contains(row.Names(), flag) {
				have |= row.on
			}
		}
	}
	for i, name := range []string{"encode", "decode", "send", "listen", "inspect", "tap", "probe", "diff", "why", "framings", "completion"} {
		if have&(onEncode<<i) != 0 {
			names = append(names, name)
		}
	}
	return names
}

// cliFlags returns flags in the form that urfave/cli needs.
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
