package commands

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"time"

	"github.com/urfave/cli/v2"

	"framecat/commands/internal/capture"
	"framecat/commands/internal/link"
	"framecat/commands/internal/report"
	"framecat/commands/internal/rewrite"
	"framecat/commands/internal/views"
	"framecat/framing"
)

// readTapRules reads the flags about what is changed: --chunk, --to, and faults.
func readTapRules(c *cli.Context, e *Env, v *tapView, r *report.Reporter) (*rewrite.Rules, error) {
	rules := &rewrite.Rules{Report: r, Secret: v.redact != nil}
	var err error
	if rules.Chunk, err = link.ParseChunking(c.String("chunk")); err != nil {
		return nil, err
	}
	if rules.Gap, err = duration(c, "gap", 0); err != nil {
		return nil, err
	}
	if c.IsSet("max-frame") {
		rules.Max = v.options.Max
	}
	if err = readFaults(c, rules); err != nil {
		return nil, err
	}
	if err = readSeed(c, rules); err != nil {
		return nil, err
	}
	only := slices.Index(capture.Directions[:], c.String("direction"))
	changes := rules.Chunk.Kind != "" || rules.Faults != nil
	switch {
	case c.IsSet("direction") && only < 0:
		return nil, report.Usage("--direction: want c2s or s2c, not %q", c.String("direction"))
	case c.IsSet("direction") && !changes:
		return nil, report.Usage("--direction needs --chunk, or a fault such as --drop")
	case c.IsSet("gap") && rules.Chunk.Kind == "":
		return nil, report.Usage("--gap needs --chunk")
	}
	back, err := tapReplies(c, e, v)
	if err != nil {
		return nil, err
	}
	for dir := range rules.Sides {
		here := only < 0 || only == dir
		s := &rules.Sides[dir]
		*s = rewrite.Side{Dir: dir, Chunk: here, Faults: here}
		if err := needFraming(c, rules, v.sides[dir], dir, here); err != nil {
			return nil, err
		}
		if v.sides[dir].Auto {
			continue
		}
		if f := v.sides[dir].Framing; framing.PauseOf(f) > 0 && (changes || c.IsSet("to")) {
			return nil, report.Usage("%s: tap shows frames that a pause ends, but cannot change or translate them", f)
		}
		s.From, s.Entry = v.sides[dir].Framing, v.sides[dir].Kind
		for i := range rules.Faults {
			if err := rules.Faults[i].Check(s); here && err != nil {
				return nil, err
			}
		}
	}
	if c.IsSet("to") {
		there := &rules.Sides[0]
		there.Flag, rules.Sides[1].Flag = "--to", "-f"
		if c.IsSet("reply-framing") {
			rules.Sides[1].Flag = "--reply-framing"
		}
		return rules, translate(rules, v.sides[1].Framing, back)
	}
	return rules, nil
}

// tapReplies returns the framing of what the client gets, with --to.
func tapReplies(c *cli.Context, e *Env, v *tapView) (framing.Framing, error) {
	if !c.IsSet("to") || !c.IsSet("reply-framing") {
		return v.sides[0].Framing, nil
	}
	if c.String("reply-framing") == "auto" {
		return nil, report.Usage("--reply-framing auto and --to cannot be combined: give the framing to write")
	}
	s, err := sideOf(c, c.String("reply-framing"), "--reply-framing", 1)
	return s.Framing, err
}

// translate sets the framings of what is written.
func translate(rules *rewrite.Rules, there, back framing.Framing) error {
	for dir, to := range []framing.Framing{there, back} {
		s := &rules.Sides[dir]
		if s.From.String() == to.String() {
			continue // frames are passed on as they are
		}
		for _, f := range []framing.Framing{s.From, to} {
			if k := framing.EntryOf(f); k != nil && k.Details().Traits().Handshake != "" {
				return report.Usage("--to cannot translate %s to %s: a connection of %s begins with %s, which the two ends must exchange themselves",
					s.From, to, k.Name, k.Details().Traits().Handshake)
			}
		}
		s.To = to
	}
	return nil
}

// needFraming checks that the framing of a direction is known if it is needed.
func needFraming(c *cli.Context, rules *rewrite.Rules, side views.Side, dir int, here bool) error {
	why := ""
	switch {
	case !side.Auto:
		return nil
	case c.IsSet("to"):
		why = "--to"
	case here && rules.Faults != nil:
		why = "--" + rules.Faults[0].Kind.Flag()
	case here && rewrite.NeedsFrames(rules.Chunk):
		why = "--chunk " + c.String("chunk")
	default:
		return nil
	}
	flag := "-f"
	if dir == 1 && c.String("reply-framing") == "auto" {
		flag = "--reply-framing"
	}
	if c.String("to") == "auto" && dir == 1 {
		flag = "--to"
	}
	f := report.Usage("%s needs the framing of the messages: give %s SPEC, not auto", why, flag)
	f.Hints = []string{fmt.Sprintf("to find it, run framecat tap without %s: it shows the framing of each direction", why)}
	return f
}

// readFaults reads the flags of faults.
func readFaults(c *cli.Context, rules *rewrite.Rules) error {
	for _, k := range rewrite.Kinds {
		for i, text := range c.StringSlice(k.Flag()) {
			f, err := rewrite.ParseFault(k, text, i, func(text string) (time.Duration, error) { return parseDuration(k.Flag(), text) })
			if err != nil {
				return err
			}
			rules.Faults = append(rules.Faults, f)
		}
	}
	return nil
}

// readSeed reads --seed. If random choices are to be made without it, it chooses one and reports it.
func readSeed(c *cli.Context, rules *rewrite.Rules) error {
	random := slices.ContainsFunc(rules.Faults, func(f rewrite.Fault) bool { return f.Random() })
	cuts := c.String("chunk") == "random"
	text := c.String("seed")
	n, err := strconv.ParseUint(text, 10, 64)
	switch {
	case text != "" && err != nil:
		return report.Usage("--seed: want a number from 0, not %q", text)
	case text != "" && !random && !cuts:
		return report.Usage("--seed needs a random choice: a fault with N%%, --flip, or --chunk random")
	case text != "":
		rules.Seed = n
	case random || cuts:
		rules.Seed = rand.Uint64() >> 32
		rules.Report.Note("to repeat the random choices of this run, use --seed %d", rules.Seed)
	}
	if cuts {
		rules.Chunk.Seed = rules.Seed
	}
	return nil
}
