package commands

import (
	"cmp"
	"os"
	"slices"
	"strconv"
	"strings"

	"github.com/urfave/cli/v2"

	"framecat/commands/internal/manual"
	"framecat/commands/internal/report"
	"framecat/commands/internal/views"
	"framecat/framing"
	"framecat/hexview"
)

// readInspect reads the flags of inspect.
func readInspect(c *cli.Context, e *Env) (o inspectOptions, err error) {
	v := &o.view
	if v.Auto, o.asked = autoFraming(c, e); v.Auto {
		if c.Bool("list") { // it counts frames
			if _, err = joinedSpec(c, "auto", "-f"); err != nil {
				return o, err
			}
		}
		o.common, v.Join, err = readUnfound(c, e)
	} else {
		o.common, err = readCommon(c, e)
	}
	if err != nil {
		return o, err
	}
	if v.Auto {
		o.kind = nil // until it is found
	}
	if o.selection, err = readSelection(c, &o.common); err != nil {
		return o, err
	}
	if v.JSON, err = asJSON(c, "-o of inspect"); err != nil {
		return o, err
	}
	if v.Embed = c.Bool("json-payload"); v.Embed && !v.JSON {
		return o, needsJSON()
	}
	if o.html = c.String("html"); o.html != "" {
		if err := onlyPage(c, o.html); err != nil {
			return o, err
		}
	}
	v.Summary, v.Trace, v.Times = c.Bool("summary"), c.Bool("trace"), c.Bool("times")
	if o.list = c.Bool("list"); o.list {
		if err := onlyList(c); err != nil {
			return o, err
		}
	}
	if v.Trace && (v.JSON || v.Summary || o.where != nil) {
		return o, report.Usage("--trace cannot be combined with -o json, --summary or --where")
	}
	if v.Trace && v.Join {
		return o, report.Usage("--trace shows frames, and cannot be combined with --join, which puts them together")
	}
	if v.Trace && o.kind.Details().Joins(o.framing) {
		return o, report.Usage("--trace shows frames, and cannot be combined with -f %s, which puts them together", o.framing)
	}
	if v.Times && (v.Trace || v.Summary) {
		return o, report.Usage("--times cannot be combined with --trace or --summary")
	}
	if v.Chunks, err = sizesList(c.String("chunks")); err != nil {
		return o, err
	}
	if v.Chunks != nil && !v.Trace {
		return o, report.Usage("--chunks needs --trace")
	}
	v.Framing, v.Kind, v.Report, v.Skip = o.framing, o.kind, o.report, o.skip
	v.Max = cmp.Or(o.max, 16<<20) // for bodies that stream too
	v.First, v.Last, v.Left, v.Where, v.Choice = o.first, o.last, o.count, o.where, o.choice
	v.Choice.Timed = framing.PauseOf(o.framing) > 0
	v.RowsSet, v.GoOn = c.IsSet("rows"), goOnFlags(c)
	if err := readOrder(c, e, v); err != nil {
		return o, err
	}
	return o, readView(c, e, &v.View)
}

// goOnFlags returns the flags that the command to go on with keeps, as a shell takes them: those that
// choose messages, and say how inspect shows them. It adds others, such as --stream, itself.
func goOnFlags(c *cli.Context) (flags []string) {
	for _, name := range []string{"join", "where", "frames", "max-frame", "on-error", "summary", "trace", "chunks", "times", "layout", "by", "time", "width", "cols", "rows"} {
		if !c.IsSet(name) || name == "join" && !c.Bool(name) {
			continue
		}
		switch flag := "--" + name; name {
		case "where":
			for _, test := range c.StringSlice(name) {
				flags = append(flags, flag+" "+report.QuoteArg(test))
			}
		case "summary", "trace", "times", "join":
			flags = append(flags, flag)
		default:
			flags = append(flags, flag+" "+report.QuoteArg(c.String(name)))
		}
	}
	return flags
}

// onlyList returns an error if a flag is set that --list cannot be combined with.
func onlyList(c *cli.Context) error {
	for _, name := range []string{"summary", "trace", "chunks", "times", "layout", "by", "time", "width", "cols", "rows", "where", "frames", "count", "direction", "json-payload"} {
		if c.IsSet(name) {
			return report.Usage("--list cannot be combined with --%s: it prints a line per connection", name)
		}
	}
	return nil
}

// onlyPage returns an error if the page cannot be written, or if a flag is set that it cannot be combined
// with.
func onlyPage(c *cli.Context, name string) error {
	for _, other := range []string{"out", "summary", "trace", "list", "times", "layout", "time", "width", "cols", "rows"} {
		if c.IsSet(other) {
			return report.Usage("--html cannot be combined with --%s: the page has a look of its own", other)
		}
	}
	return checkOutput("--html", name)
}

// readOrder reads the flags about lists, and the order of messages.
func readOrder(c *cli.Context, e *Env, v *views.Options) error {
	list := c.String("layout") == "list"
	switch l, err := readLines(c, e, e.Stdout); {
	case list && (v.JSON || v.Summary || v.Trace || v.Times):
		return report.Usage("--layout list cannot be combined with -o json, --summary, --times or --trace")
	case !list && (c.IsSet("time") || c.IsSet("width")):
		return report.Usage("--time and --width need --layout list")
	case err != nil:
		return err
	case list:
		v.Lines = &l
	}
	switch by := c.String("by"); by {
	case "":
		v.ByTime, v.Live = list || c.IsSet("html"), !v.Trace
	case "stream":
	case "time":
		v.ByTime = true
	default:
		return report.Usage("--by: want stream or time, not %q", by)
	}
	apart := c.IsSet("seek") || c.IsSet("length")
	switch {
	case v.ByTime && v.Trace:
		return report.Usage("--trace cannot be combined with --by time")
	case v.ByTime && c.IsSet("by") && apart:
		return report.Usage("-s and -l count the bytes of one stream: they need --by stream")
	case apart:
		v.ByTime, v.Live = false, false
	}
	return nil
}

// widthForTimes is from how many columns on a list shows times, unless --time is given: in fewer,
// little of a message would be left.
const widthForTimes = 50

// readLines reads the flags about lists that are shown on out.
func readLines(c *cli.Context, e *Env, out *os.File) (l views.LineOptions, err error) {
	width, err := number(c, "width", int64(report.TerminalWidth(out)))
	l = views.LineOptions{
		Width: int(min(width, 1<<20)), Time: c.String("time"), Color: e.system().Colored(out, c.String("color")), ASCII: e.system().ASCII(),
	}
	if narrow := report.TerminalWidth(out); narrow > 0 && narrow < widthForTimes && !c.IsSet("time") {
		l.Time = "none"
	}
	if err == nil && !slices.ContainsFunc(timeWords, func(w manual.Term) bool { return w.Word == l.Time }) {
		err = report.Usage("--time: want clock, delta, elapsed or none, not %q", l.Time)
	}
	return l, err
}

// autoFraming reports whether inspect must guess the framing: with -f auto, or if neither -f
// nor the environment sets one. Asked reports whether auto was given.
func autoFraming(c *cli.Context, e *Env) (auto, asked bool) {
	spec := c.String("framing")
	if !c.IsSet("framing") {
		spec = e.Getenv("FRAMECAT_FRAMING")
	}
	return spec == "" || spec == "auto", spec == "auto"
}

// readView reads the flags about rows of hex.
func readView(c *cli.Context, e *Env, view *hexview.Options) error {
	var err error
	if *view, err = readRows(c, e, e.Stdout); err != nil {
		return err
	}
	switch l := c.String("layout"); l {
	case "frames":
	case "dump":
		view.Dump = true
	case "list":
	default:
		return report.Usage("--layout: want frames, dump or list, not %q", l)
	}
	return readCols(c, view)
}

// readCols reads the flag about how many bytes a row has.
func readCols(c *cli.Context, view *hexview.Options) error {
	cols, err := number(c, "cols", int64(view.Cols))
	if err != nil || c.IsSet("cols") && (cols < 1 || cols > 1024) {
		return report.Usage("--cols: want a number from 1 to 1024, not %q", c.String("cols"))
	}
	view.Cols = int(cols)
	return nil
}

// rowsOnTerminal is how many rows of a frame a terminal shows without --rows.
const rowsOnTerminal = 32

// readRows reads what inspect and --hex share: how rows are shown on out.
func readRows(c *cli.Context, e *Env, out *os.File) (view hexview.Options, err error) {
	rows, err := number(c, "rows", 0)
	if err != nil {
		return view, err
	}
	view = hexview.Options{
		Cols: int(fittingCols(out)), Rows: int(min(rows, 1<<30)), All: c.IsSet("rows") && rows == 0,
		Width: report.TerminalWidth(out), Color: e.system().Colored(out, c.String("color")),
	}
	if !c.IsSet("rows") && report.IsTerminal(out) {
		view.Rows = rowsOnTerminal
	}
	return view, nil
}

// fittingCols returns how many bytes a row has by default: as many as fit a terminal, or else
// 16.
func fittingCols(out *os.File) int64 {
	if width := report.TerminalWidth(out); width > 0 {
		return int64(colsFor(width))
	}
	return 16
}

// colsFor returns how many bytes fit a row of this width, without a note. 32 bytes take a row only
// if a note fits beside them.
func colsFor(width int) int {
	for _, row := range []struct{ cols, note int }{{32, 24}, {16, -2}, {8, -2}, {4, -2}, {2, -2}} { // -2: a row without a note has no spaces before it
		if hexview.Width(row.cols)+row.note <= width {
			return row.cols
		}
	}
	return 1
}

// sizesList reads the value of --chunks: sizes in bytes, with commas between them.
func sizesList(s string) (sizes []int, err error) {
	if s == "" {
		return nil, nil
	}
	for n := range strings.SplitSeq(s, ",") {
		v, err := strconv.Atoi(n)
		if err != nil || v < 1 {
			return nil, report.Usage("--chunks: want sizes of reads such as 3,3,4,1, not %q", s)
		}
		sizes = append(sizes, v)
	}
	return sizes, nil
}
