package probe

import (
	"encoding/hex"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"framecat/commands/internal/report"
	"framecat/framing"
)

// A Target is the peer as the command line of send names it.
type Target struct {
	Address string
	Spec    string        // of -f
	Flags   []string      // further words, such as those of TLS
	Client  bool          // the peer is a client: only probe itself can repeat a case
	Gap     time.Duration // of --gap
	Storage string        // the command that prints what the peer has stored; "" is none

	Again, Files []string // the flags and FILEs with which probe plays a case again
}

// Repeat returns the command line that repeats a case: send sends what a case has sent, with the same cuts.
func (t *Target) Repeat(p *Plan, r *Result) string {
	c := r.Case
	size := 0
	for _, w := range c.Writes {
		size += len(w)
	}
	if t.Client || size > longLine {
		words := append([]string{"framecat", "probe"}, t.Again...)
		return strings.Join(append(append(words, "--only", report.QuoteArg(c.ID), report.QuoteArg(t.Address)), t.Files...), " ")
	}
	words := []string{"framecat", "send", "-f"}
	messages, framed := p.payloads(c)
	if framed {
		words = append(words, report.QuoteArg(t.Spec))
	} else { // each message is written as it is
		messages = [][]byte{slices.Concat(c.Writes...)}
		words = append(words, fmt.Sprintf("fixed:%d", len(messages[0])))
		if !c.Ends() && !slices.Contains(t.Flags, "--reply-framing") {
			words = append(words, "--reply-framing", report.QuoteArg(t.Spec))
		}
	}
	words = append(words, t.Flags...)
	sizes, gap := c.sizes(), max(c.gap(), t.Gap)
	words = append(words, "--chunk", sizes, "--gap", gap.String(), "-i", "hex")
	for _, m := range messages {
		words = append(words, "-m", report.QuoteArg(hex.EncodeToString(m)))
	}
	switch {
	case c.Ends():
		words = append(words, "--linger", "0s")
	default:
		if c.Count > 1 && !c.pipelined() && framed {
			words = append(words, "--lockstep")
		}
		if n := len(r.Expected); len(r.Got) < n {
			words = append(words, "--expect", strconv.Itoa(n))
		} else { // whatever comes is to be seen
			words = append(words, "--no-half-close")
		}
		words = append(words, "--linger", "2s")
	}
	line := strings.Join(append(words, report.QuoteArg(t.Address)), " ")
	if t.Storage != "" {
		line += "; " + t.Storage
	}
	if c.End == Reset {
		line += " # probe resets the connection at the end"
	}
	return line
}

// longLine is how many bytes a command line of send may have to send. It has them as hex, so that a longer one
// is hard to read and to copy.
const longLine = 150

// payloads returns the payloads of a case. It is not framed if it ends inside a frame, or if its
// frames are not those that encode writes for the payloads.
func (p *Plan) payloads(c *Case) (list [][]byte, framed bool) {
	all := slices.Concat(c.Writes...)
	var again []byte
	for rest := all; len(rest) > 0; {
		e, err := p.Framing.Scan(rest, &framing.Cursor{EOF: true})
		size := e.Skip + e.Header + int(e.Body) + e.Trailer
		if err != nil || size > len(rest) || size <= 0 {
			return nil, false
		}
		m := NewMessage(p.Framing, rest[:size])
		header, body, trailer := rest[m.Start:m.headerEnd()], rest[m.headerEnd():m.bodyEnd()], rest[m.bodyEnd():size]
		if x, ok := p.Framing.(framing.Escaper); ok {
			if body, err = x.Unescape(nil, header, body, trailer); err != nil {
				return nil, false
			}
		}
		if again, err = p.Framing.Append(again, framing.Marks{}, body); err != nil {
			return nil, false
		}
		list, rest = append(list, body), rest[size:]
	}
	return list, string(again) == string(all)
}

// sizes returns the sizes of the writes as --chunk takes them: the last one repeats.
func (c *Case) sizes() string {
	n := len(c.Writes)
	for n > 1 && len(c.Writes[n-1]) == len(c.Writes[n-2]) {
		n--
	}
	var list []string
	for _, w := range c.Writes[:n] {
		list = append(list, strconv.Itoa(len(w)))
	}
	return strings.Join(list, ",")
}

// gap returns the pause between the writes as --gap takes it.
func (c *Case) gap() time.Duration {
	gap := slowPause
	for _, p := range c.Pauses {
		gap = max(gap, p.Time)
	}
	return gap
}
