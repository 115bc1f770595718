package commands

import (
	"cmp"
	"strings"

	"github.com/urfave/cli/v2"

	"framecat/commands/internal/input"
	"framecat/commands/internal/manual"
	"framecat/commands/internal/page"
	"framecat/commands/internal/report"
	"framecat/commands/internal/views"
)

type inspectOptions struct {
	common
	selection
	view  views.Options
	asked bool   // -f auto was given
	list  bool   // --list was given
	html  string // where to write a page; "" is nowhere
}

func inspectCommand(e *Env) command {
	return command{
		page: manual.Command{
			Name: "inspect", Args: fileArgs,
			Summary: "show where the frames are in a captured stream",
			About: "Shows each FILE or standard input in hex, with a mark before each part of a frame. A FILE " +
				"may also be a hex dump, or a capture (pcap, pcapng): the TCP streams in it are shown one after " +
				"another. Each may be compressed with gzip or zstd.",
			Flags: flagsOf(onInspect),
			Sections: []manual.Section{
				{Title: "Marks", Terms: []manual.Term{
					{Word: "[", Text: "header"}, {Word: "|", Text: "payload"}, {Word: "/", Text: "trailer"},
					{Word: "<", Text: "leftover: a frame that is not finished"},
					{Word: "~", Text: "fill: bytes that belong to no frame"},
					{Word: "!", Text: "the first wrong byte"},
				}, Text: "Offsets count from the start of each stream; frame numbers continue from stream to stream."},
				{Title: "Guessing", Text: "-f auto guesses the framing, and shows the evidence for each guess in bits: one more bit doubles the odds. " +
					"Below 24 bits the framing is unknown; the first 16 rows of bytes are then shown without marks, and the status is 3."},
				{Title: "Rows", Text: "A line with * means that the rows left out there are equal to the row above it. On a terminal a frame has at most " +
					"32 rows. Bytes that are in no frame, such as those after a malformed frame, have at most 16 rows. --rows 0 shows all rows."},
				{Title: "LAYOUT", Terms: layoutWords}, {Title: "TIMES", Terms: timeWords},
				{Title: "Order", Text: "--by stream shows each direction of each connection of a capture apart. --by time shows the messages of all in the order " +
					"in which they were complete; numbers and offsets then count in each direction. Lists, and captures that come through a pipe, " +
					"are in the order of time, unless -s or -l is given. A list has a line per message: time, connection, sender, number, size of the payload, " +
					"header fields, payload. Instead of the number, ! marks bytes that are no frame, < a leftover, ~ fill, and ? bytes of a direction without a framing."},
				{Title: "Connections", Text: "--list prints a line per connection of a capture: its number for --stream, who sent how much, how long it " +
					"lasted, and the framing of each direction with its bits. An arrow to the right is the client's direction. " +
					"? is an unknown framing, - a direction without bytes; if both directions have the same framing, it is printed once. " +
					"Bytes are payload, without what was sent again. Packets are all TCP packets, also those without payload. " +
					"With -f SPEC, the number of whole frames is printed instead, and whether malformed bytes, a gap or a leftover follow them. " +
					"Connections inside tunnels are listed as others are, under the addresses inside. " +
					"Unknown framings and malformed bytes do not change the status. If there are many connections, the bits of later " +
					"ones can be those of their first 512 bytes."},
				testSection(),
				{Title: "Pages", Text: pageNote + " Only the counts are printed then. Messages of captures are in the order of time."},
				{Title: "Notes", Text: "Of the streams of a capture that cannot be read, five are reported on stderr, and the others are counted; -v reports each. " +
					"Ctrl-C prints the counts so far; a second Ctrl-C ends inspect at once. " + ignoredNote + " " + pipedNote},
			},
			Statuses: []int{0, 1, 2, 3, 4, 130},
			Examples: []manual.Example{
				{Text: "mark where each frame and its payload start", Line: `framecat inspect -f u16be frames.bin`},
				{Text: "print counts and sizes instead of rows", Line: `printf '5:hello,2:hi,' | framecat inspect -f netstring --summary`},
				{Text: "show how a receiver that reads 3 bytes at a time finds the frames", Line: `framecat inspect -f u16be --trace --chunks 3 frames.bin`},
			},
		},
		run: func(c *cli.Context) error {
			o, err := readInspect(c, e)
			if err != nil {
				return err
			}
			return inspect(e, o)
		},
	}
}

// guessing is the note of commands that find the framing if none is given.
const guessing = "no framing is given: guessing it, as with -f auto"

// inspect shows each input.
func inspect(e *Env, o inspectOptions) error {
	o.view.Signals = e.signals()
	inputs := input.Files(o.files, e.Stdin, o.seek, o.length)
	if o.list {
		return views.List(e.Stdout, inputs, report.TerminalWidth(e.Stdout), o.view)
	}
	if o.view.Auto && !o.asked && o.count > 0 {
		o.report.Note(guessing)
	}
	if o.html == "" {
		return views.Inspect(e.Stdout, inputs, o.view)
	}
	o.view.Page = &page.Page{Title: "inspect " + cmp.Or(strings.Join(o.files, " "), "-"), Word: "message"}
	if err := notInput("--html", o.html, inputs); err != nil {
		return err
	}
	return writePage(o.html, o.view.Page, views.Inspect(e.Stdout, inputs, o.view))
}
