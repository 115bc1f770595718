package commands

import (
	"os"
	"strconv"
	"strings"

	"github.com/urfave/cli/v2"
	"golang.org/x/term"

	"framecat/hexview"

	"framecat/commands/internal/report"
)

func readInspect(c *cli.Context, s streams) (o inspectOptions, err error) {
	if o.auto, o.asked = autoFraming(c); o.auto {
		c.Set("framing", "lines") // until it is found
	}
	if o.common, err = readCommon(c, s); err != nil {
		return o, err
	}
	if o.auto {
		o.kind = nil // until it is found
	}
	if o.selection, err = readSelection(c, &o.common); err != nil {
		return o, err
	}
	switch out := c.String("out"); out {
	case "":
	case "json":
		o.json = true
	default:
		return o, report.Usage("inspect writes its view, or with -o json records, not %q", out)
	}
	o.summary, o.trace = c.Bool("summary"), c.Bool("trace")
	if o.trace && (o.json || o.summary || o.where != nil) {
		return o, report.Usage("--trace goes with none of -o json, --summary and --where")
	}
	if o.chunks, err = sizesList(c.String("chunks")); err != nil {
		return o, err
	}
	if o.chunks != nil && !o.trace {
		return o, report.Usage("--chunks goes with --trace")
	}
	return o, o.readView(c, s.out)
}

// readView reads how the view looks.
func (o *inspectOptions) readView(c *cli.Context, out *os.File) error {
	cols, err := number(c, "cols", fittingCols(out))
	if err != nil || c.IsSet("cols") && (cols < 1 || cols > 1024) {
		return report.Usage("--cols is a number from 1 to 1024, not %q", c.String("cols"))
	}
	rows, err := number(c, "rows", 0)
	if err != nil {
		return err
	}
	switch l := c.String("layout"); l {
	case "frames":
	case "dump":
		o.view.Dump = true
	default:
		return report.Usage("--layout is frames or dump, not %q", l)
	}
	o.view.Width = terminalWidth(out)
	o.view.Cols, o.view.Rows, o.view.Color = int(cols), int(min(rows, 1<<30)), report.Colored(out, c.String("color"))
	return nil
}

// terminalWidth is 0 if out is none.
func terminalWidth(out *os.File) int {
	if width, _, err := term.GetSize(int(out.Fd())); err == nil && report.IsTerminal(out) {
		return width
	}
	return 0
}

// fittingCols is 16, or on a terminal what fits it.
func fittingCols(out *os.File) int64 {
	if width := terminalWidth(out); width > 0 {
		return int64(colsFor(width))
	}
	return 16
}

// colsFor is how many bytes a row of this width holds, with room for a note beside them
// if there is any to spare.
func colsFor(width int) int {
	for _, row := range []struct{ cols, note int }{{32, 24}, {16, 24}, {8, 24}, {4, hexview.NoteRoom}, {4, -2}, {2, -2}} { // without a note, no blanks before it
		if hexview.Width(row.cols)+row.note <= width {
			return row.cols
		}
	}
	return 1
}

// sizesList reads numbers of bytes with commas between.
func sizesList(s string) (sizes []int, err error) {
	if s == "" {
		return nil, nil
	}
	for n := range strings.SplitSeq(s, ",") {
		v, err := strconv.Atoi(n)
		if err != nil || v < 1 {
			return nil, report.Usage("--chunks are sizes of reads, as in 3,3,4,1, not %q", s)
		}
		sizes = append(sizes, v)
	}
	return sizes, nil
}
