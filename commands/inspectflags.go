package commands

import (
	"os"
	"strconv"
	"strings"

	"github.com/urfave/cli/v2"
	"golang.org/x/term"

	"framecat/commands/internal/pump"
	"framecat/commands/internal/report"
	"framecat/hexview"
)

func readInspect(c *cli.Context, e *Env) (o inspectOptions, err error) {
	v := &o.view
	if v.Auto, o.asked = autoFraming(c, e); v.Auto {
		c.Set("framing", "lines") // until it is found
	}
	if o.common, err = readCommon(c, e); err != nil {
		return o, err
	}
	if v.Auto {
		o.kind = nil // until it is found
	}
	if o.selection, err = readSelection(c, &o.common); err != nil {
		return o, err
	}
	switch out := c.String("out"); out {
	case "":
	case "json":
		v.JSON = true
	default:
		return o, report.Usage("inspect writes its view, or with -o json records, not %q", out)
	}
	v.Summary, v.Trace = c.Bool("summary"), c.Bool("trace")
	if v.Trace && (v.JSON || v.Summary || o.where != nil) {
		return o, report.Usage("--trace goes with none of -o json, --summary and --where")
	}
	if v.Chunks, err = sizesList(c.String("chunks")); err != nil {
		return o, err
	}
	if v.Chunks != nil && !v.Trace {
		return o, report.Usage("--chunks goes with --trace")
	}
	v.Framing, v.Kind, v.Report, v.Skip = o.framing, o.kind, o.report, o.skip
	v.Limits = pump.Limits{Held: o.limits.Held, Streamed: o.limits.Held}
	v.First, v.Last, v.Left, v.Where, v.Choice = o.first, o.last, o.count, o.where, o.choice
	return o, readView(c, e, &v.View)
}

// autoFraming reports whether the framing is to be found: for -f auto, or where neither -f
// nor the environment names one; then it was not asked for.
func autoFraming(c *cli.Context, e *Env) (auto, asked bool) {
	spec := c.String("framing")
	if !c.IsSet("framing") {
		spec = e.Getenv("FRAMECAT_FRAMING")
	}
	return spec == "" || spec == "auto", spec == "auto"
}

// readView reads how rows of hex look.
func readView(c *cli.Context, e *Env, view *hexview.Options) error {
	cols, err := number(c, "cols", fittingCols(e.Stdout))
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
		view.Dump = true
	default:
		return report.Usage("--layout is frames or dump, not %q", l)
	}
	view.Width = terminalWidth(e.Stdout)
	view.Cols, view.Rows, view.Color = int(cols), int(min(rows, 1<<30)), e.system().Colored(e.Stdout, c.String("color"))
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
