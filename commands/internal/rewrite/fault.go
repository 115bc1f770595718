package rewrite

import (
	"errors"
	"math/rand/v2"
	"strconv"
	"strings"
	"time"

	"framecat/commands/internal/pump"
	"framecat/commands/internal/report"
	"framecat/framing"
)

// A Kind is a kind of fault. The order is the order in which faults of one message are made: a
// message that is dropped is not delayed.
type Kind int

const (
	Drop Kind = iota
	Delay
	Reset
	Flip
	Dup
	kinds
)

// Kinds are all kinds of faults.
var Kinds = [kinds]Kind{Drop, Delay, Reset, Flip, Dup}

// Flag returns the name of the flag for a kind of fault.
func (k Kind) Flag() string {
	return [...]string{"drop", "delay", "reset", "flip", "dup"}[k]
}

func (k Kind) done() string {
	return [...]string{"dropped", "delayed", "reset", "flipped", "duplicated"}[k]
}

// A Fault is what a fault flag asks for.
type Fault struct {
	Kind   Kind
	Header bool          // Flip inverts a bit of the header, not of the payload
	After  time.Duration // of Delay
	Chance float64       // that it meets a message, from 0 to 1; with it there is no test
	Test   string        // which messages it meets: a value of --where; "" is all, or those of Chance

	number uint64 // differs between the faults of one kind
}

// ParseFault reads the value of a fault flag; number is how many of the same flag come before
// it. Duration reads the time of Delay. Whether the test fits a framing is checked by Check.
func ParseFault(k Kind, text string, number int, duration func(string) (time.Duration, error)) (f Fault, err error) {
	f = Fault{Kind: k, Chance: 1, Test: text, number: uint64(k)<<32 | uint64(number)}
	switch k {
	case Delay:
		after, test, given := strings.Cut(text, ":")
		if f.After, err = duration(after); err != nil {
			return f, err
		}
		if f.Test = test; !given {
			return f, nil
		}
	case Flip:
		f.Test, f.Header = strings.CutPrefix(text, "header:")
	}
	if percent, ok := strings.CutSuffix(f.Test, "%"); ok && !strings.ContainsAny(f.Test, "=<>~!") {
		n, err := strconv.ParseFloat(percent, 64)
		if err != nil || !(n >= 0 && n <= 100) {
			return f, report.Usage("--%s: want a part of the messages from 0%% to 100%%, not %q", k.Flag(), f.Test)
		}
		f.Chance, f.Test = n/100, ""
		return f, nil
	}
	if f.Test == "" {
		return f, report.Usage("--%s: a TEST is missing in %q; want a test as of --where, index=N or N%%", k.Flag(), text)
	}
	return f, nil
}

// Random reports whether the fault depends on the seed.
func (f *Fault) Random() bool { return f.Chance < 1 || f.Kind == Flip }

// Check checks whether the test of a fault fits the framing of a direction.
func (f *Fault) Check(s *Side) error {
	_, err := f.on(s)
	return err
}

// on returns the fault for one direction.
func (f *Fault) on(s *Side) (fault, error) {
	if f.Test == "" {
		return fault{Fault: f}, nil
	}
	test, err := pump.NewFrameTest([]string{f.Test}, s.Entry, s.From, s.Dir)
	var wrong *report.Failure
	if errors.As(err, &wrong) {
		flag := "--" + f.Kind.Flag()
		wrong.Text = strings.Replace(wrong.Text, "--where", flag, 1)
		for i := range wrong.Hints {
			wrong.Hints[i] = strings.Replace(wrong.Hints[i], "--where", flag, 1)
		}
	}
	return fault{f, test}, err
}

// A fault is a Fault of one direction of one connection.
type fault struct {
	*Fault
	test *pump.FrameTest
}

// whole reports whether the fault needs the messages in memory.
func (f *fault) whole() bool { return f.Kind == Flip || f.Kind == Dup || f.test.NeedsPayload() }

// meets reports whether the fault is made on a message. Rnd makes its random choices.
func (f *fault) meets(fr framing.Frame, size int64, rnd *rand.Rand) bool {
	return (f.Chance == 1 || rnd.Float64() < f.Chance) && f.test.Holds(fr, size)
}

// choices returns the generator of the random choices of a fault for one message.
func (f *fault) choices(key uint64, index int64) *rand.Rand {
	return rand.New(rand.NewPCG(key^f.number*0x9e3779b97f4a7c15, uint64(index)))
}

// flip inverts a bit of a part.
func flip(part []byte, rnd *rand.Rand) {
	bit := rnd.IntN(8 * len(part))
	part[bit/8] ^= 1 << (bit % 8)
}
