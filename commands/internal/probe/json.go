package probe

import (
	"encoding/hex"
	"fmt"
	"io"

	"framecat/commands/internal/formats"
)

// A JSON is a report as JSON records: one for each case, and one at the end.
type JSON struct {
	Plan   *Plan
	Target Target
	Out    io.Writer
	Clear  func() // removes a progress line, before something is printed
	buf    []byte
}

func (j *JSON) text(key, value string) {
	j.buf = append(append(append(j.buf, `,"`...), key...), `":`...)
	j.buf = formats.AppendJSONString(j.buf, []byte(value))
}

func (j *JSON) raw(key, value string) {
	j.buf = append(append(append(append(j.buf, `,"`...), key...), `":`...), value...)
}

func (j *JSON) frames(key string, list []Reply) {
	text := "["
	for i, r := range list {
		if i > 0 {
			text += ","
		}
		text += `"` + hex.EncodeToString(r.Wire()) + `"`
	}
	j.raw(key, text+"]")
}

func (j *JSON) flush() error {
	j.Clear()
	_, err := j.Out.Write(append(j.buf, "}\n"...))
	return err
}

// Result writes the record of a case.
func (j *JSON) Result(r *Result) error {
	j.buf = append(j.buf[:0], `{"type":"case"`...)
	j.text("id", r.ID)
	j.text("verdict", string(r.Verdict))
	j.text("place", r.Place)
	if r.Reason != "" {
		j.text("reason", r.Reason)
	}
	if r.Hint != "" {
		j.text("hint", r.Hint)
	}
	text := "["
	for i, w := range r.Writes {
		if i > 0 {
			text += ","
		}
		text += `"` + hex.EncodeToString(w) + `"`
	}
	j.raw("writes", text+"]")
	if len(r.Expected) > 0 {
		j.frames("expected", r.Expected)
	}
	if len(r.Got) > 0 {
		j.frames("got", r.Got)
	}
	if len(r.Tail) > 0 {
		j.text("tail", hex.EncodeToString(r.Tail))
	}
	if r.Stored != "" {
		j.text("stored", r.Stored)
	}
	if r.Stderr != "" {
		j.text("stderr", r.Stderr)
	}
	if r.Exit != "" {
		j.text("exit", r.Exit)
	}
	if r.Memory > 0 {
		j.raw("peak_rss", fmt.Sprint(r.Memory))
	}
	j.text("repeat", j.Target.Repeat(j.Plan, r))
	j.raw("seconds", seconds(r.Took.Seconds()))
	return j.flush()
}

// End writes the last record.
func (j *JSON) End(s *Summary) error {
	j.buf = append(j.buf[:0], `{"type":"probe"`...)
	j.text("address", j.Target.Address)
	j.text("framing", j.Target.Spec)
	j.text("oracle", string(s.Oracle))
	j.raw("messages", fmt.Sprint(s.Messages))
	j.raw("passed", fmt.Sprint(s.Count(Pass)))
	j.raw("failed", fmt.Sprint(s.Count(Fail)))
	j.raw("known", fmt.Sprint(s.Count(Known)))
	j.raw("info", fmt.Sprint(s.Count(Info)))
	j.raw("inconclusive", fmt.Sprint(s.Count(Inconclusive)))
	j.raw("merged", fmt.Sprint(s.Merged))
	j.text("sentence", s.Sentence())
	return j.flush()
}
