package commands

import (
	"fmt"
	"strings"

	"github.com/urfave/cli/v2"

	"framecat/commands/internal/formats"
	"framecat/commands/internal/hint"
	"framecat/commands/internal/manual"
	"framecat/commands/internal/report"
)

func whyCommand(e *Env) command {
	return command{
		page: manual.Command{
			Name: "why", Args: []manual.Arg{{Value: "NUMBER", Repeat: true}},
			Summary: "explain a length that makes no sense",
			About: "Explains numbers that programs report as lengths which are too large, negative or invalid. Most often the " +
				"bytes that were read as a length are something else: the first bytes of HTTP, TLS or another protocol, text, " +
				"or a length in the other byte order. Each NUMBER is also tried less what programs add to a length before they " +
				"print it. All readings are printed, the best first. A number that nothing explains gets none: most " +
				"lengths that are only too large are like that.",
			Flags: flagsOf(onWhy),
			Sections: []manual.Section{{Title: "NUMBER", Text: "A decimal number, with commas between groups of three digits " +
				"or without, negative or not, or hex digits after 0x. It has at most 8 bytes."}},
			Statuses: []int{0, 1, 2, 3},
			Examples: []manual.Example{
				{Text: "explain a length from an error message", Line: `framecat why 369295616`},
				{Text: "explain a negative one, as Java prints it", Line: `framecat why -2147418111`},
				{Text: "print what the bytes of a number are, as JSON", Line: `framecat why -o json 0x47455420`},
			},
		},
		run: func(c *cli.Context) error {
			if err := checkColor(c); err != nil {
				return err
			}
			json, err := asJSON(c, "-o of why")
			if err != nil {
				return err
			}
			numbers, err := parseNumbers(c.Args().Slice())
			if err != nil {
				return err
			}
			r := report.New(e.system(), c.String("color"))
			terminal := report.TerminalWidth(e.system().Stdout) > 0
			for _, n := range numbers {
				text := ""
				for _, reading := range hint.Explain(n) {
					if json {
						text += readingRecord(reading)
					} else {
						means := reading.Means
						if terminal {
							means = report.Wrap(means, 2)
						}
						text += fmt.Sprintf("%s\n  %s\n", reading.Line(), means)
					}
				}
				if text == "" {
					r.Fail("", &report.Failure{Status: report.StatusMalformed, Text: fmt.Sprintf("%s: nothing explains it; %s", n, n.Unexplained())})
				} else if err := e.system().PrintPage(text); err != nil {
					return err
				}
			}
			return r.Done()
		},
	}
}

// parseNumbers reads all numbers before any is explained.
func parseNumbers(args []string) (numbers []hint.Number, err error) {
	if len(args) == 0 {
		return nil, report.Usage("why needs a number, such as the length in an error message: framecat why 369295616")
	}
	for _, a := range args {
		n, ok := hint.ParseNumber(strings.Trim(a, " \t,;:.()")) // as it is copied from a message
		if !ok {
			return nil, report.Usage("want a number of at most 8 bytes, decimal or 0x and hex digits, not %q", a)
		}
		numbers = append(numbers, n)
	}
	return numbers, nil
}

// readingRecord returns a reading as a JSON record.
func readingRecord(r hint.Reading) string {
	b := []byte(`{"type":"reading"`)
	text := func(name, value string) {
		b = formats.AppendJSONString(fmt.Appendf(b, ",%q:", name), []byte(value))
	}
	text("number", r.Number.String())
	if r.Added != 0 {
		b = fmt.Appendf(b, `,"added":%d`, r.Added)
	}
	if r.Bytes != nil {
		text("bytes", fmt.Sprintf("%x", r.Bytes))
		order := "big-endian"
		if r.Little {
			order = "little-endian"
		}
		text("order", order)
	}
	if r.Is != "" {
		text("is", r.Is)
	}
	text("means", r.Means)
	return string(append(b, "}\n"...))
}
