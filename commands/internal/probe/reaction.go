package probe

import (
	"bytes"
	"fmt"
	"io"
	"slices"

	"framecat/commands/internal/report"
	"framecat/framing"
)

// errorReplies is how many replies a peer may send besides those to messages.
const errorReplies = 4

// mostReplies returns how many replies a malformed case may get: those to each frame that can be found in
// it, those to the rest, and errors. A peer may also take each line for a message, as Redis does.
func (p *Plan) mostReplies(c *Case, perMessage int) int {
	sent := slices.Concat(c.Writes...)
	frames := bytes.Count(sent, []byte("\n"))
	r := framing.NewReader(bytes.NewReader(sent), p.Framing)
	for {
		_, err := r.Next()
		if err == io.EOF {
			break
		}
		frames++
		if err != nil {
			break
		}
	}
	return frames*max(1, perMessage) + errorReplies
}

const (
	// memoryNoise is how much more memory a peer may use than it was sent: buffers and the memory that a
	// garbage collector has not freed yet are no fault.
	memoryNoise = 16 << 20
	// reservedNoise is the same for its address space, of which much is never used.
	reservedNoise = 1 << 30
)

// judgeMalformed returns the verdict on a malformed case, and the reason for it. Most reactions are no
// fault: an error, silence, the end of the connection.
func (x *run) judgeMalformed(c *Case, out *outcome) (v Verdict, reason string) {
	switch {
	case died(out):
		return Fail, ending(out)
	case out.stuck && (!x.Client || x.standard.output != nil && !x.standard.output.stuck):
		return Fail, fmt.Sprintf("the process did not end within %s after its input had ended", exitWait)
	}
	if reason = x.wrongReaction(c, out); reason != "" {
		return Fail, reason
	}
	return Info, x.reaction(out)
}

// wrongReaction describes what a peer has done with a malformed frame that no peer should do, or returns
// "".
func (x *run) wrongReaction(c *Case, out *outcome) string {
	greeting, perMessage := x.after[0], 0
	for i := 1; i < len(x.after); i++ {
		perMessage = max(perMessage, x.after[i]-x.after[i-1])
	}
	sent := 0
	for _, w := range c.Writes {
		sent += len(w)
	}
	if n, most := len(out.replies)-greeting, x.options.Plan.mostReplies(c, perMessage); n > most && !x.Client {
		return fmt.Sprintf("%s came, and no more than %d can be answers to what was sent", report.Count(int64(n), x.unit()), most)
	}
	payload := c.Cut.Frame[c.Cut.headerEnd():]
	for _, r := range out.replies {
		if n := int64(len(r.Payload)); n == c.Announced && n > int64(len(payload)) && len(payload) > 0 && bytes.HasPrefix(r.Payload, payload) {
			return fmt.Sprintf("a %s has the %s that came, and %s that were never sent", x.unit(),
				report.Count(int64(len(payload)), "byte"), report.Count(n-int64(len(payload)), "byte"))
		}
	}
	if grown := out.grown(); grown > memoryNoise+int64(sent) {
		return fmt.Sprintf("its memory grew by %s after %s", report.Bytes(float64(grown)), report.Count(int64(sent), "byte"))
	}
	return ""
}

// reaction describes what a peer has done with a malformed frame.
func (x *run) reaction(out *outcome) string {
	got := out.replies[min(x.after[0], len(out.replies)):]
	text := report.Count(int64(len(got)), x.unit()) + " came"
	if len(got) == 0 {
		text = "no " + x.unit() + " came"
	}
	if first := x.standard.replies[min(x.after[0], len(x.standard.replies)):]; len(got) == 1 && len(first) > 0 && x.same(first[:1], got, false) {
		text = "answered as the first message is when nothing is wrong"
	}
	if bad := broken(out); bad != "" {
		text += "; " + bad
	}
	if end := ending(out); end != "" {
		text += "; " + end
	}
	if grown := out.memory.Reserved - out.before.Reserved; out.memory.Reserved > 0 && out.before.Reserved > 0 && grown > reservedNoise {
		text += "; it reserved " + report.Bytes(float64(grown)) + " of its address space"
	}
	return text
}

// grown returns by how much the memory of the peer has grown, as far as that is known.
func (out *outcome) grown() int64 {
	if out.memory.Peak == 0 || out.before.Peak == 0 {
		return 0
	}
	return max(out.memory.Peak-out.before.Peak, out.memory.Now-out.before.Now)
}
