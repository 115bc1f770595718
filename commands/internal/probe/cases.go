package probe

import (
	"fmt"
	"path"
	"slices"
	"strings"
	"time"

	"framecat/framing"
)

// A Case is what is sent on one connection, and where that is cut.
type Case struct {
	ID     string
	Place  string // where it is cut, in words
	Offset int    // of the cut, in the frame that is cut
	Writes [][]byte
	Pauses []Pause // after each write
	End    End
	Count  int                                // how many messages it sends whole, from the first on
	Pulse  bool                               // a second connection must be served before the last write
	Before *Case                              // what is played first, on a connection of its own: a control
	Answer func(i int, message []byte) []byte // returns the frame that answers a message of a client; Writes are then added
	Cut    *Message                           // the message that is cut, or malformed; nil if it is none

	Malformed bool  // a frame is wrong, and most reactions to that are no fault
	Announced int64 // the payload that the wrong length announces; below 0 if that is not known
}

// A Pause is what is waited for after a write. The peer must always have read what was written.
type Pause struct {
	Sent int           // wait for the replies to the first Sent messages; 0 is for none
	Time time.Duration // wait at least this long
}

// An End is how a connection ends.
type End int

const (
	Finish End = iota // after the replies
	Close             // after the last write
	Reset             // the same, with a reset
)

// Family is the first part of the ID.
func (c *Case) Family() string {
	family, _, _ := strings.Cut(c.ID, "/")
	family, _, _ = strings.Cut(family, "+")
	return family
}

// Ends reports whether the case ends the connection inside a frame, so that only the survival of
// the peer counts.
func (c *Case) Ends() bool { return c.End != Finish }

const (
	slowPause = 20 * time.Millisecond
	longPause = 300 * time.Millisecond
)

// Uncut returns the case in which each message is one write, and goes out after the reply to the
// one before.
func Uncut(messages []Message) Case {
	c := Case{ID: "reference", Place: "uncut", Count: len(messages)}
	for i := range messages {
		c.add(messages[i].Frame, Pause{Sent: i + 1})
	}
	return c
}

func (c *Case) add(b []byte, p Pause) {
	if len(b) > 0 {
		c.Writes, c.Pauses = append(c.Writes, slices.Clone(b)), append(c.Pauses, p)
	}
}

// addBytes adds a frame byte by byte. A long one is added whole: it would take too long.
func (c *Case) addBytes(frame []byte) {
	if len(frame) > longFrame {
		c.add(frame, Pause{})
		return
	}
	for i := range frame {
		c.add(frame[i:i+1], Pause{})
	}
}

// longFrame is the longest frame in bytes that is sent byte by byte.
const longFrame = 4 << 10

// A Plan has what cases depend on.
type Plan struct {
	Framing  framing.Framing // of the messages
	Messages []Message
	Defaults bool // the messages are those of Defaults
	Process  bool // the peer is a process: there is no reset, and no second connection
	Thorough bool // connections end at all offsets

	Malformed bool   // there are malformed frames, too
	Seed      uint32 // of the random bytes among them
}

// Cases returns all cases, in the order in which they are played.
func (p *Plan) Cases() (list []Case) {
	list = append(list, Uncut(p.Messages))
	list = append(list, p.utf8()...)
	list = append(list, p.splits()...)
	all := p.joined()
	bytes := Case{ID: "bytes", Place: "one byte per write", Count: len(p.Messages)}
	for _, m := range p.Messages {
		bytes.addBytes(m.Frame)
	}
	list = append(list, bytes)
	list = append(list, p.merges(all)...)
	first := &p.Messages[0]
	if at := first.headerEnd(); at > 0 && at < len(first.Frame) {
		c := Case{ID: "header-then-wait", Place: "after the header, with a pause", Offset: at, Count: 1, Cut: first}
		c.add(first.Frame[:at], Pause{Time: longPause})
		c.add(first.Frame[at:], Pause{Sent: 1})
		list = append(list, c)
	}
	slow := Case{ID: "slow", Place: "one byte every 20 ms", Count: 1, Pulse: !p.Process, Cut: first}
	for i := range first.Frame {
		slow.add(first.Frame[i:i+1], Pause{Time: slowPause})
	}
	return slices.Concat(append(list, slow), p.ends(), p.malformed())
}

func (p *Plan) joined() (all []byte) {
	for _, m := range p.Messages {
		all = append(all, m.Frame...)
	}
	return all
}

// utf8 returns the case with two messages of equal length, of which one is ASCII.
func (p *Plan) utf8() []Case {
	for _, m := range p.Messages {
		body := m.Frame[m.headerEnd():m.bodyEnd()]
		ascii := asASCII(body)
		if ascii == nil {
			continue
		}
		plain, err := p.Framing.Append(nil, framing.Marks{Header: m.Frame[m.Start:m.headerEnd()], Trailer: m.Frame[m.bodyEnd():]}, ascii)
		if err != nil || len(plain) != len(m.Frame)-m.Start {
			continue
		}
		before := Uncut([]Message{NewMessage(p.Framing, plain)})
		c := Uncut([]Message{m})
		c.ID, c.Place, c.Before = "utf8", "uncut, with characters that are not ASCII", &before
		return []Case{c}
	}
	return nil
}

// splits returns the cases that cut one frame in two: the first at every offset, the others in
// header and trailer. The messages before it go uncut.
func (p *Plan) splits() (list []Case) {
	for i := range p.Messages {
		m := &p.Messages[i]
		at := m.marginal()
		if i == 0 {
			at = nil
			for o := 1; o < len(m.Frame); o++ {
				at = append(at, o)
			}
		}
		for _, o := range at {
			c := Uncut(p.Messages[:i+1])
			c.ID, c.Place, c.Offset, c.Cut = fmt.Sprintf("split/%d", o), m.place(o), o, m
			if i > 0 {
				c.ID = fmt.Sprintf("split/%d.%d", i, o)
			}
			c.Writes, c.Pauses = c.Writes[:i], c.Pauses[:i]
			c.add(m.Frame[:o], Pause{})
			c.add(m.Frame[o:], Pause{Sent: i + 1})
			list = append(list, c)
		}
	}
	return list
}

// merges returns the cases with several frames in one write.
func (p *Plan) merges(all []byte) (list []Case) {
	n := len(p.Messages)
	if n < 2 {
		return nil
	}
	first, second := p.Messages[0].Frame, p.Messages[1].Frame
	for k := 2; k <= n; k += max(1, n-2) {
		c := Case{ID: "merge/2", Place: "two frames in one write", Count: n}
		if k > 2 {
			c.ID, c.Place = "merge/all", "all frames in one write"
		}
		size := 0
		for _, m := range p.Messages[:k] {
			size += len(m.Frame)
		}
		c.add(all[:size], Pause{Sent: k})
		for i, m := range p.Messages[k:] {
			c.add(m.Frame, Pause{Sent: k + i + 1})
		}
		list = append(list, c)
	}
	half := len(first) + (len(second)+1)/2
	c := Case{ID: "merge+half", Place: "a frame and a half, then the rest", Count: n}
	c.add(all[:half], Pause{})
	c.add(all[half:], Pause{Sent: n})
	return append(list, c)
}

// ends returns the cases in which the connection ends inside the first frame.
func (p *Plan) ends() (list []Case) {
	for _, end := range []End{Close, Reset} {
		name := "close"
		if end == Reset {
			name = "reset"
		}
		if end == Reset && p.Process {
			continue
		}
		first := &p.Messages[0]
		for _, o := range first.named(p.Thorough) {
			c := Case{ID: fmt.Sprintf("%s/%d", name, o), Place: first.place(o), Offset: o, End: end, Cut: first}
			c.add(first.Frame[:o], Pause{})
			list = append(list, c)
		}
	}
	return list
}

// Select returns the cases whose IDs match one of only, if there is one, and none of skip. In both,
// * is any text.
func Select(list []Case, only, skip []string) []Case {
	return slices.DeleteFunc(slices.Clone(list), func(c Case) bool {
		return len(only) > 0 && !matchesAny(only, c.ID) || matchesAny(skip, c.ID)
	})
}

func matchesAny(patterns []string, id string) bool {
	return slices.ContainsFunc(patterns, func(p string) bool { return matches(p, id) })
}

func matches(pattern, id string) bool {
	ok, err := path.Match(strings.ReplaceAll(pattern, "/", "\x00"), strings.ReplaceAll(id, "/", "\x00"))
	return ok && err == nil
}
