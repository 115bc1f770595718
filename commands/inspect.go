package commands

import (
	"errors"
	"io"
	"os"
	"strings"

	"github.com/urfave/cli/v2"

	"framecat/commands/internal/capture"
	"framecat/commands/internal/hint"
	"framecat/commands/internal/input"
	"framecat/commands/internal/report"
	"framecat/framing"
	"framecat/framing/detect"
	"framecat/hexview"
)

type inspectOptions struct {
	common
	selection
	json        bool
	summary     bool
	trace       bool
	chunks      []int
	view        hexview.Options
	auto, asked bool // the framing is to be found; -f auto asked for it
}

func inspectCommand(s streams) *cli.Command {
	return &cli.Command{
		Name:      "inspect",
		Usage:     "show where the frames are in a captured stream",
		UsageText: "framecat inspect [flags] [FILE...]",
		Description: "Shows each FILE, or standard input, as hex, with a mark before each part:\n" +
			"[ header, | payload, / trailer, < leftover, ~ fill, ! the first wrong byte.\n" +
			"Offsets are those of each stream; frames are numbered on over all of them.\n\n" +
			"-f auto looks for the framing. What it finds is rated in bits: each doubles the\n" +
			"odds, and under 24 it can't tell; then the bytes are shown without marks, status 3.\n\n" +
			whereHelp + "\n\n" +
			"Statuses: 0 done, 1 I/O, 2 usage, 3 malformed or over-long frame, or a framing that\n" +
			"can't be told, 4 the stream ends inside a frame.",
		Flags: []cli.Flag{
			autoFlag(),
			&cli.StringFlag{Name: "out", Aliases: []string{"o"}, Usage: "`json`: a record a frame, and one for all else"},
			&cli.StringFlag{Name: "cols", Aliases: []string{"c"}, Usage: "`N`: bytes a row (16; on a terminal what fits)"},
			&cli.StringFlag{Name: "rows", Usage: "`N`: at most N rows a frame, 0: all"},
			&cli.StringFlag{Name: "layout", Value: "frames", Usage: "`frames|dump`: a frame on its own rows, or not"},
			&cli.BoolFlag{Name: "summary", Usage: "counts and sizes, and no rows"},
			&cli.BoolFlag{Name: "trace", Usage: "each read and decision of the reassembly buffer"},
			&cli.StringFlag{Name: "chunks", Usage: "`3,3,4,1`: of --trace: sizes of reads, the last repeats"},
			captureFlag, streamFlag, directionFlag, whereFlag, &cli.StringFlag{Name: "count", Aliases: []string{"n"}, Usage: "`N`: show N frames, then stop reading"}, framesFlag, seekFlag, lengthFlag, maxFlag, errorFlag, colorsFlag, verboseFlag, quietFlag,
		},
		Action: func(c *cli.Context) error {
			o, err := readInspect(c, s)
			if err != nil {
				return err
			}
			return inspect(s, o)
		},
	}
}

// inspect shows each input.
func inspect(s streams, o inspectOptions) error {
	i := &inspection{inspectOptions: o, left: o.count}
	switch {
	case o.json:
		i.to = &jsonWatch{out: s.out, bare: o.summary}
	case o.summary:
		i.to = &summaryWatch{out: s.out}
	default:
		i.to = newViewWatch(s.out, o.view)
	}
	if o.count == 0 && !o.trace { // nothing is read, and that is the sum
		i.to.end(&i.tally)
		return i.Flush()
	}
	if o.auto && !o.asked {
		o.report.Note("no framing is given: -f auto looks for it")
	}
	files := input.Files(o.files, s.in, o.seek, o.length)
	for _, in := range files {
		if err := i.file(in, s.out, len(files) > 1); err != nil {
			return err
		}
	}
	return i.report.Done()
}

// file shows the streams of a file: itself, or those of a capture. Its error ends the
// program.
func (i *inspection) file(in input.Input, out *os.File, several bool) error {
	if i.left == 0 || i.index > i.last {
		return nil
	}
	all, done, err := in.Streams(i.choice)
	defer done()
	if err != nil {
		i.report.Fail(in.Shown(), inputFailure(err))
		return nil
	}
	if len(all) == 0 {
		i.report.Note("%s: "+input.Silence, in.Shown())
	}
	for _, one := range all {
		if i.left == 0 || i.index > i.last {
			break
		}
		heading := ""
		if several {
			heading = in.Shown()
		}
		if one.Recorded != nil {
			heading = strings.TrimSpace(heading + "  " + one.Recorded.Label())
		}
		if i.trace {
			i.traced(out, one, heading)
			continue
		}
		i.to.begin(one, heading)
		if err := i.input(one); err != nil {
			return err
		}
	}
	if len(all) > 0 && all[0].Recorded.Damaged() != nil {
		i.report.Fail(in.Shown(), inputFailure(all[0].Recorded.Damaged()))
	}
	return nil
}

// An inspection reads frames one by one and tells a watch of all that it finds.
type inspection struct {
	inspectOptions
	to       watch
	index    int64 // of the next frame, over all inputs
	left     int64 // frames still to show
	skipping bool  // what is read is no frame
	hinter   hint.Hinter
	tally    tally
}

// A watch shows what is found in a stream, in its order.
type watch interface {
	// begin is told each input, and a heading to show; "" is none.
	begin(in input.Input, heading string)
	fill(offset int64, b []byte)
	frame(f framing.Frame, fields []framing.FieldText, src *input.Source)
	// gap shows that a capture lost bytes, behind so many of a frame: a fault has shown
	// those.
	gap(g *capture.Gap, held int)
	// large begins a frame whose body streams through, largeEnd ends it.
	large(f framing.Frame, fields []framing.FieldText, body int64) io.Writer
	largeEnd(trailer []byte)
	// fault begins what can't be read: a leftover, or a malformed frame and what is
	// behind it. Its header is known to have so many bytes, or that is -1. Unread goes
	// on with the bytes.
	Fault(e *framing.Error, header int)
	unread(offset int64, b []byte)
	// candidates are what -f auto found, best first, in what was seen of the stream, and
	// a line with the command to go on with.
	candidates(all []detect.Candidate, seen, again string)
	// unknown begins bytes that are in no frame, nor at fault; unread goes on with them.
	unknown(offset int64)
	// end closes an input.
	end(t *tally)
	Flush() error
}

// input shows one input. Its error ends the program.
func (i *inspection) input(in input.Input) error {
	src, err := in.Open()
	if err != nil {
		i.report.Fail(in.Shown(), &report.Failure{Status: report.StatusIO, Text: report.Reason(err)})
		return nil
	}
	defer src.Close()
	i.tally = tally{}
	if i.auto {
		found, err := i.detect(src, in)
		if err != nil {
			i.report.Fail(in.Shown(), inputFailure(err))
		}
		if err != nil || !found {
			return i.Flush()
		}
	}
	r := i.reader(src.Reader, src.Offset)
	r.StreamLarge = !i.json && !i.where.needsPayload()
	r.Idle = i.to.Flush
	r.Fill = func(b []byte) {
		switch {
		case i.skipping:
			i.to.unread(r.Offset, b)
		case r.Index >= i.first && r.Index <= i.last:
			i.to.fill(r.Offset, b)
			i.tally.fill += int64(len(b))
		}
	}
	err = i.frames(r, src, in)
	i.index = r.Index
	i.to.end(&i.tally)
	if fail := i.Flush(); fail != nil { // then that is what ended the reading
		return fail
	}
	if err != nil {
		i.report.Fail(in.Shown(), inputFailure(err))
	}
	return nil
}

// Flush writes what was shown. Its error ends the program.
func (i *inspection) Flush() error {
	err := i.to.Flush()
	if err == nil {
		return nil
	}
	report.DieOfBrokenPipe(err)
	return &report.Failure{Status: report.StatusIO, Text: "standard output: " + report.Reason(err)}
}

func (i *inspection) reader(src io.Reader, offset int64) *framing.Reader {
	r := framing.NewReader(src, i.framing)
	r.Max, r.MaxName, r.MaxStream = i.maxHeld, "--max-frame", i.maxHeld
	r.Index, r.Offset, r.Head = i.index, offset, make([]byte, 0, hint.HeadSize)
	i.hinter = hint.New(r)
	return r
}

// frames shows the frames of one input. Its error is one of reading.
func (i *inspection) frames(r *framing.Reader, src *input.Source, in input.Input) error {
	for i.left > 0 && r.Index <= i.last {
		f, err := r.Next()
		if err == framing.ErrLarge {
			err = i.large(r)
		} else if err == nil {
			i.show(f, src)
		}
		var e *framing.Error
		var gap *capture.Gap
		switch {
		case err == nil:
		case err == io.EOF:
			return nil
		case errors.As(err, &gap):
			if !i.gap(r, gap, src, in) {
				return nil
			}
		case !errors.As(err, &e):
			return err
		case !i.Fault(r, src, e, in):
			return nil
		}
	}
	return nil
}

// wants says whether a frame was asked for.
func (i *inspection) wants(index int64, fields []framing.FieldText, payload []byte) bool {
	return index >= i.first && index <= i.last && i.where.match(fields, payload)
}

// show shows a frame that is there as a whole.
func (i *inspection) show(f framing.Frame, src *input.Source) {
	fields := describe(nil, i.kind, i.framing, f)
	if i.wants(f.Index, fields, f.Payload) {
		i.left--
		i.tally.add(f.Wire, int64(len(f.Payload)), f.Silent)
		i.to.frame(f, fields, src)
	}
}

// large shows a frame whose body streams through.
func (i *inspection) large(r *framing.Reader) error {
	header, body := r.Large()
	fields := i.kind.Describe(nil, i.framing, header, nil)
	if !i.wants(r.Index, fields, nil) {
		_, err := r.CopyNext(io.Discard)
		return err
	}
	w := i.to.large(framing.Frame{Index: r.Index, Offset: r.Offset, Header: header}, fields, body)
	f, err := r.CopyNext(w)
	if err != nil {
		return err
	}
	i.left--
	i.tally.add(f.Wire, body, false)
	i.to.largeEnd(f.Trailer)
	return nil
}

type writerFunc func([]byte)

func (f writerFunc) Write(b []byte) (int, error) {
	f(b)
	return len(b), nil
}
