package commands

import (
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/urfave/cli/v2"

	"framecat/framing"
)

func framingsCommand(s streams) *cli.Command {
	return &cli.Command{
		Name:        "framings",
		Usage:       "list the framings, or explain some",
		UsageText:   "framecat framings [NAME...]",
		Description: "Without a NAME, lists what -f can name. With one or more, draws each layout and\ntells its keys, its source and an example.",
		Flags:       []cli.Flag{colorsFlag},
		Action: func(c *cli.Context) error {
			if err := checkColor(c); err != nil {
				return err
			}
			return framings(s.out, newStyle(s.out, c.String("color")), c.Args().Slice())
		},
	}
}

func framings(w io.Writer, st style, names []string) error {
	var b strings.Builder
	if len(names) == 0 {
		listFramings(&b, st)
	}
	var rows []*framing.Kind
	for _, name := range names {
		name, _, _ = strings.Cut(name, ":")
		k := framing.Lookup(name)
		if k == nil {
			_, err := framing.Parse(name)
			return specFailure(err)
		}
		rows = append(rows, k)
	}
	for i, k := range rows {
		if i > 0 {
			b.WriteString("\n")
		}
		explain(&b, st, k)
	}
	_, err := io.WriteString(w, b.String())
	if err != nil {
		dieOfBrokenPipe(err)
		return &failure{status: statusIO, text: "standard output: " + reason(err)}
	}
	return nil
}

func listFramings(b *strings.Builder, st style) {
	for _, k := range framing.Kinds() {
		fmt.Fprintf(b, "%s  %s\n", st.strong(fmt.Sprintf("%-14s", k.Name)), k.Summary)
	}
	b.WriteString("\nframecat framings NAME explains one.\n")
}

// explain writes all that the table knows about a framing.
func explain(b *strings.Builder, st style, k *framing.Kind) {
	fmt.Fprintf(b, "%s: %s\n\n", st.strong(k.Usage), k.Summary)
	fmt.Fprintf(b, "  layout   %s\n", k.Layout)
	if k.Spec != "" {
		fmt.Fprintf(b, "  is       %s\n", k.Spec)
	}
	fmt.Fprintf(b, "  source   %s\n", k.Source)
	for i, key := range k.Keys {
		if i == 0 {
			b.WriteString("\n  keys\n")
		}
		fmt.Fprintf(b, "    %s  %s\n", st.strong(fmt.Sprintf("%-26s", key.Name)), key.Help)
	}
	b.WriteString("\n  examples\n")
	for _, x := range k.Examples {
		f, err := framing.Parse(x.Spec)
		if err != nil {
			continue // a test sees to it that there is none
		}
		frame, _ := f.Append(nil, framing.Marks{}, []byte(x.Payload))
		fmt.Fprintf(b, "    -f %s\n      %s  is  %s\n", x.Spec, strconv.Quote(x.Payload), markedHex(f, frame))
	}
}

// markedHex writes a frame in hex, with | between header, payload and trailer, and
// ~ behind fill.
func markedHex(f framing.Framing, frame []byte) string {
	e, err := f.Scan(frame, &framing.Cursor{EOF: true})
	if err != nil {
		return fmt.Sprintf("% x", frame)
	}
	h := e.Skip + e.Header
	body := h + int(e.Body)
	var parts []string
	add := func(b []byte) {
		if len(b) > 0 {
			parts = append(parts, fmt.Sprintf("% x", b))
		}
	}
	add(frame[:e.Skip])
	if e.Skip > 0 {
		parts = append(parts, "~")
	}
	add(frame[e.Skip:h])
	parts = append(parts, "|")
	add(frame[h:body])
	parts = append(parts, "|")
	add(frame[body:])
	return strings.TrimSuffix(strings.Join(parts, " "), " |")
}
