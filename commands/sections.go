package commands

import (
	"framecat/commands/internal/formats"
	"framecat/commands/internal/manual"
	"framecat/commands/internal/parts"
	"framecat/commands/internal/probe"
	"framecat/commands/internal/pump"
)

// fileArgs are the arguments of commands that read files.
var fileArgs = []manual.Arg{{Value: manual.File, Optional: true, Repeat: true}}

// autoWords are the values of -f that only decode, listen and inspect accept, and send for replies.
var autoWords = []manual.Term{{Word: "auto", Text: "guess the framing"}}

// dirWords are the formats that -o accepts and -i does not.
var dirWords = []manual.Term{{Word: "dir:DIR", Text: "one file per message in this directory"}}

// layoutWords are the values of --layout.
var layoutWords = []manual.Term{
	{Word: "frames", Text: "show rows of hex, which begin anew at each frame"},
	{Word: "dump", Text: "show rows of hex without a break, as hexdump does"},
	{Word: "list", Text: "show a line per message"},
}

// timeWords are the values of --time.
var timeWords = []manual.Term{
	{Word: "clock", Text: "print the time of day"},
	{Word: "delta", Text: "print the seconds since the line before"},
	{Word: "elapsed", Text: "print the seconds since the first line"},
	{Word: "none", Text: "print no times"},
}

// chunkWords are the values of --chunk.
var chunkWords = []manual.Term{
	{Word: "frame", Text: "write each frame on its own"},
	{Word: "header", Text: "write the header of each frame apart from the rest"},
	{Word: "N", Text: "write N bytes at a time"},
	{Word: "3,3,4,1", Text: "write pieces of these sizes; the last size repeats"},
	{Word: "random[:SEED]", Text: "write 1 to 4096 bytes at a time; a SEED repeats the same cuts"},
	{Word: "merge[:SIZE]", Text: "write all waiting frames together, at most SIZE bytes (64KiB)"},
}

// faultWords are the values of fault flags that --where does not have.
var faultWords = []manual.Term{{Word: "N%", Text: "a part of the messages, at random"}}

// tapFaults explains the flags of faults.
var tapFaults = manual.Section{Title: "Faults", Terms: []manual.Term{
	{Word: "N%", Text: "N of 100 messages, chosen at random"},
	{Word: "DURATION[:TEST]", Text: "delay all messages, or those that meet TEST"},
	{Word: "header:TEST", Text: "flip a bit of the header, not of the payload"},
}, Text: "A fault meets the messages that meet its TEST, which is a test as of --where, such as index=3, or N%. " +
	"It needs -f. Each direction counts its messages from 0. Messages stay in order, so a delay " +
	"holds all that come after it too, and the delays of messages that came together do not add up. --flip inverts one bit, and does not change a length or a checksum to fit. --reset resets both sides; the message is not passed on. " +
	"With a COMMAND, it closes both pipes. Random choices depend only on --seed, the number of the connection, the direction, and the index of the message: " +
	"the same seed repeats them. After a frame that cannot be read, the direction passes on all bytes without faults."}

// tapTo explains --to.
var tapTo = manual.Section{Title: "Translation", Text: "With --to SPEC, messages that the client frames with -f reach TARGET framed with SPEC. Replies are read " +
	"as SPEC, and reach the client framed with --reply-framing, or -f. Headers are passed on only if both framings are the same. A message that the other framing " +
	"cannot carry, or a frame that cannot be read, resets its connection; the others go on. A message may have up to --max-frame bytes. " +
	"While TARGET is down, connections wait for --retry."}

// probeCases explains the IDs of cases.
var probeCases = []manual.Term{
	{Word: "reference", Text: "each message in one write, after the reply to the one before"},
	{Word: "utf8", Text: "a message that is not ASCII, and one of ASCII with as many bytes"},
	{Word: "split/OFFSET", Text: "a frame in two writes, cut at this offset"},
	{Word: "bytes", Text: "all messages, one byte per write"},
	{Word: "merge/2", Text: "two frames in one write; merge/all: all frames"},
	{Word: "merge+half", Text: "a frame and a half in one write, then the rest"},
	{Word: "header-then-wait", Text: "the header, a pause, and the rest"},
	{Word: "slow", Text: "a byte every 20 ms; other connections must not wait"},
	{Word: "close/OFFSET", Text: "the connection closes inside a frame; the peer must survive"},
	{Word: "reset/OFFSET", Text: "the same with a reset"},
	{Word: "length/zero", Text: "--malformed: length 0, then the payload"},
	{Word: "length/max", Text: "the largest number that the field can hold"},
	{Word: "length/over", Text: "one more than the framing allows, or than what follows"},
	{Word: "length/huge", Text: "2147483647, or half of what the field can hold"},
	{Word: "length/negative", Text: "-1 where lengths have a sign, else only the top bit"},
	{Word: "length/overlong", Text: "the right number, in more bytes than it needs"},
	{Word: "length/short", Text: "one less than what follows"},
	{Word: "checksum", Text: "a wrong bit, so that the checksum does not match"},
	{Word: "garbage/before", Text: "32 random bytes, then the message; garbage/after: after it"},
}

// probeVerdicts explains the verdicts.
var probeVerdicts = []manual.Term{
	{Word: string(probe.Pass), Text: "the replies are those to the uncut messages"},
	{Word: string(probe.Fail), Text: "they are not, or the peer does not survive"},
	{Word: string(probe.Known), Text: "a FAIL of a case that --known lists"},
	{Word: string(probe.Info), Text: "something to know that is no fault"},
	{Word: string(probe.Inconclusive), Text: "there was nothing to judge by, or no connection"},
}

// sendAddress explains the address of send.
var sendAddress = manual.Section{Title: string(manual.Address), Terms: []manual.Term{
	{Word: "localhost:PORT", Text: "a port of this machine; PORT alone is 127.0.0.1:PORT"},
	{Word: "HOST:PORT", Text: "a port of another machine; HOST PORT in two words is the same"},
	{Word: "tls://HOST:PORT", Text: "the same with TLS"},
	{Word: "unix:PATH", Text: "a Unix socket; on Linux, unix:@NAME is one without a file"},
	{Word: "exec:COMMAND", Text: "a command, which runs in a shell"},
	{Word: "fd:N", Text: "a socket that was passed on, as file descriptor N"},
	{Word: "-", Text: "standard input and output"},
}, Text: "The standard input and output of COMMAND are the connection. " + execNote + " With -, messages come from -m or FILE, and replies are printed on stderr."}

// execNote is about the processes of exec: addresses.
const execNote = "If it ends with a status other than 0, that is an error of the connection. When the connection has ended, COMMAND gets 5 s to end, and is then stopped."

// probeAddress explains the address of probe. It needs a new connection for each case.
func probeAddress() manual.Section {
	return manual.Section{Title: sendAddress.Title, Terms: sendAddress.Terms[:5], Text: "Only addresses of this machine are probed without --allow-remote. " +
		"With exec:, a command is started for each connection, whose standard input and output are the connection."}
}

// listenAddress explains the address of listen.
var listenAddress = manual.Section{Title: string(manual.Address), Terms: []manual.Term{
	{Word: "PORT", Text: "a port of 127.0.0.1; 0 chooses a free port"},
	{Word: "localhost:PORT", Text: "a port of this machine"},
	{Word: "HOST:PORT", Text: "a port of one interface; 0.0.0.0 and [::] are all interfaces"},
	{Word: "tls://HOST:PORT", Text: "the same with TLS; needs --cert"},
	{Word: "unix:PATH", Text: "a Unix socket; on Linux, unix:@NAME is one without a file"},
	{Word: "exec:COMMAND", Text: "one connection: to a command, which runs in a shell"},
	{Word: "fd:N", Text: "a listening or connected socket that was passed on, as by systemd"},
	{Word: "-", Text: "one connection: standard input and output"},
}, Text: "The address in use is printed on stderr. The standard input and output of COMMAND are the connection. " + execNote + " With -, messages are printed on stderr."}

// tapTarget explains the address of the server of tap.
var tapTarget = manual.Section{Title: string(manual.Target), Terms: []manual.Term{
	{Word: "localhost:PORT", Text: "a port of this machine; PORT alone is 127.0.0.1:PORT"},
	{Word: "HOST:PORT", Text: "a port of another machine"},
	{Word: "tls://HOST:PORT", Text: "the same with TLS"},
	{Word: "unix:PATH", Text: "a Unix socket; on Linux, unix:@NAME is one without a file"},
	{Word: "exec:COMMAND", Text: "a command, which runs in a shell for each connection"},
	{Word: "fd:N", Text: "a socket that was passed on; it serves one connection"},
	{Word: "-", Text: "standard input and output; they serve one connection"},
}, Text: "-- COMMAND ARG... in place of TARGET runs a command for each connection without a shell."}

// testSection explains --where.
func testSection() manual.Section {
	return manual.Section{Title: string(manual.Test), Terms: testTerms(), Text: pump.TestNotes}
}

// testTerms returns the tests of --where.
func testTerms() (terms []manual.Term) {
	for _, t := range pump.TestHelp {
		terms = append(terms, manual.Term{Word: t.Word, Text: t.Text})
	}
	return terms
}

// whatSection explains WHAT, the value of --redact or --ignore.
func whatSection(notes string) manual.Section {
	s := manual.Section{Title: "WHAT", Text: notes}
	for _, t := range parts.Help {
		s.Terms = append(s.Terms, manual.Term{Word: t.Word, Text: t.Text})
	}
	return s
}

// replayNote is about the recordings that send and listen play.
const replayNote = "A recording is a capture (pcap, pcapng), such as tap --record writes, or what tap -o json prints. Without -f, its framing is found. " +
	"One that has lost bytes, is malformed, ends inside a frame or is redacted needs --force; one of TLS, or that changes to TLS, cannot be played. " +
	"JSON payloads are compared by value, as diff does, and WHAT names what does not count."

// listenReplay explains --replay of listen.
var listenReplay = manual.Section{Title: "Replay", Terms: []manual.Term{
	{Word: "close", Text: "close the connection, after what was not recorded is shown"},
	{Word: "echo", Text: "answer with the message itself"},
	{Word: "FILE", Text: "answer with the messages in FILE, in the format of -i"},
}, Text: "A message is answered with what the server sent between the recorded message that is equal and the next one of the client. If the client sent several messages before the first answer " +
	"came, all answers follow the last of them. But a reply with the id of its request belongs to that, and gets the id of the new request: in JSON-RPC, and where the framing has ids. Equal messages get the recorded answers in their order, and then the last one again. " +
	"What the server sent first is sent at once. Each new connection plays the next stream of the recording, after the last one the first one again; --stream N plays only that. " +
	"With --speed 1, answers come after the recorded pauses; with --speed 2, after half of them. " +
	"If a message was not recorded, --on-miss is done, and the status at the end is 6. " + replayNote}

// sendReplay explains --replay of send.
var sendReplay = manual.Section{Title: "Replay", Text: "Nothing is read from standard input, and nothing is printed on standard output. Each message of the recorded client is sent when all replies that " +
	"were recorded before it have come, and each reply is compared with the recorded one: with the one that has the same id, in JSON-RPC and where the framing has ids, or else in their order. " +
	"At the first difference both are shown, with marks at the bytes, and send ends with status 6. It is a difference, too, if a reply does not come within --frame-timeout, here 5s by default. " +
	"--speed 1 sends each message at its recorded time at the earliest, --speed 2 twice as fast, and --speed max sends all at once without waiting for replies. " +
	"Of a recording of several streams, choose one with --stream N. " + replayNote}

// inSection explains --in.
func inSection() manual.Section {
	return manual.Section{Title: string(manual.Format), Terms: append(formatTerms(), specFormat),
		Text: "A JSON object has one of the names text, base64 and hex; or json, whose value is the message as it is written. If it also has header or trailer in hex, as -o json " +
			"prints them, the frame keeps what the framing cannot derive, such as a type or flags. Other names are ignored."}
}

// outSection explains --out, or --in and --out.
func outSection() manual.Section {
	terms := append(append(formatTerms(), dirWords...), specFormat)
	return manual.Section{Title: string(manual.Format), Terms: terms,
		Text: "Without -o, the messages of fix, http, resp, rtmp, sip, smtp, stomp, warc and xmpp are printed as escaped, those of bittorrent, cbor-seq and msgpack as hex, and all others as lines. " +
			"On a terminal, control characters are always escaped. dir:DIR is for -o only."}
}

var specFormat = manual.Term{Word: string(manual.Spec), Text: "frames of another framing"}

// formatTerms returns the formats that are not framings, except dir:DIR.
func formatTerms() (terms []manual.Term) {
	for _, f := range formats.FormatHelp {
		if f.Name != "dir:" {
			terms = append(terms, manual.Term{Word: f.Name, Text: f.Text})
		}
	}
	return terms
}

// streamsSection explains how decode writes the streams of a capture.
func streamsSection() manual.Section {
	return manual.Section{Title: "Streams", Text: "With -o json, each record names its stream and direction. With -o dir:DIR, each direction of several " +
		"has a new directory, such as DIR/3-c2s, in which the file numbers start again; only one FILE may have several. " +
		"Frame numbers, -n and --frames count over all streams and FILEs. A stream that cannot be read does not stop the others. " +
		"Of each FILE, five such streams are reported, and the others are counted; -v reports each."}
}

// programExamples are the examples in the help of framecat itself.
var programExamples = []manual.Example{
	{Text: "put two messages into frames, and take them out again",
		Line: `printf 'hi\nthere\n' | framecat encode -f u8 | framecat decode -f u8`},
	{Text: "send a message to a length-prefixed server, and print the reply",
		Line: `framecat send -f u32be localhost:4000 -m hello`},
	{Text: "guess the framing of a capture, and show its frames",
		Line: `framecat inspect -f auto capture.bin`},
}

// ignoredNote is about background jobs of scripts.
const ignoredNote = "Jobs that a script starts in the background (with &) ignore SIGINT: end them with SIGTERM, as kill does."

// pipedNote is about captures from a pipe, whose end may be awaited with Ctrl-C.
const pipedNote = "A pcap or pcapng capture from a pipe is read to its end before frames are shown: end the program that writes " +
	"it, not framecat."

// pageNote is about the pages of --html.
const pageNote = "--html writes one file to send along, which shows messages in a browser: a list with search and filters, and the selected one " +
	"as marked hex and as text. It has everything in it and loads nothing; what was received is only text in it. It holds up to 10,000 messages, 64 KiB of each and 32 MiB in all; a line in it " +
	"says how many are left out."

// sharedDirNote is about the file of a flag in a directory such as /tmp.
func sharedDirNote(flag string) string {
	return "In a directory where all users may create files, such as /tmp, " + flag + " uses no link and no file of another user."
}

// decodeNotes returns the notes of decode.
func decodeNotes() manual.Section {
	notes := filterNotes()
	notes.Text += " " + pipedNote
	return notes
}

// eachSection explains --each.
func eachSection(title string) manual.Section {
	return manual.Section{Title: title, Text: "With --each, sh runs COMMAND for each message, with the payload as its standard input. What the commands print is in the order of the messages, also with -j. " +
		"These variables name the message, if they are known: FRAMECAT_INDEX, OFFSET (of the frame), SIZE (of the payload), WIRE (of the frame), HEADER and TRAILER (in hex), FILE, STREAM, DIRECTION, TIME, CONN and PEER, each after FRAMECAT_. " +
		"So are header fields, such as FRAMECAT_TYPE; one with a name that is taken is FRAMECAT_FIELD_STREAM, for example. " +
		"A command that fails does not stop the others; the status is then 1. What a command leaves running in its process group is ended. Ctrl-C ends all commands."}
}

// filterNotes returns the notes of encode and decode.
func filterNotes() manual.Section {
	return manual.Section{Title: "Notes", Text: "Ctrl-C ends the command after a whole message, and --stats then prints the counts so far; " +
		"a second Ctrl-C ends it at once. " + ignoredNote + " A new file of --partial can be read only by its owner. " + sharedDirNote("--partial")}
}
