package compare

import (
	"fmt"
	"io"

	"framecat/commands/internal/formats"
	"framecat/framing"
)

// A JSON writes a record for each difference, and one at the end.
type JSON struct {
	Diff   *Diff
	Stream string // members that name the stream, each after a comma; "" if there is only one
	Out    io.Writer
	Clear  func()            // removes a progress line
	Embed  bool              // embed payloads that are JSON
	Kinds  [2]*framing.Entry // the rows of the framings, which have the fields
	fields []framing.FieldText
	buf    []byte
}

// Equal does nothing: the last record has the count.
func (j *JSON) Equal(int64) {}

// Changed writes the record of a message that changed.
func (j *JSON) Changed(old, new framing.Frame) error {
	inOld, inNew := j.Diff.changes(old, new)
	j.begin("changed")
	j.message("old", old, 0, inOld)
	j.message("new", new, 1, inNew)
	return j.end()
}

// Removed writes the record of a message that is only in the old stream.
func (j *JSON) Removed(f framing.Frame) error {
	j.begin("removed")
	j.message("old", f, 0, nil)
	return j.end()
}

// Added writes the record of a message that is only in the new stream.
func (j *JSON) Added(f framing.Frame) error {
	j.begin("added")
	j.message("new", f, 1, nil)
	return j.end()
}

func (j *JSON) begin(change string) {
	j.buf = append(j.buf, `{"type":"difference"`...)
	j.buf = fmt.Appendf(append(j.buf, j.Stream...), `,"change":%q`, change)
}

// message appends a message, with the ranges of its frame that changed.
func (j *JSON) message(key string, f framing.Frame, side int, changes []span) {
	s := j.Diff.Old
	if side == 1 {
		s = j.Diff.New
	}
	j.fields = formats.Describe(j.fields[:0], j.Kinds[side], s.Comparer.framing, f)
	j.buf = fmt.Appendf(j.buf, `,%q:`, key)
	j.buf = formats.AppendFrame(j.buf, f, formats.FrameInfo{Entry: j.Kinds[side], Framing: s.Comparer.framing, Fields: j.fields, Embed: j.Embed})
	j.buf = j.buf[:len(j.buf)-len("}\n")]
	for i, c := range changes {
		before := ","
		if i == 0 {
			before = `,"changed":[`
		}
		j.buf = fmt.Appendf(j.buf, `%s{"from":%d,"to":%d}`, before, c.start, c.end)
	}
	if len(changes) > 0 {
		j.buf = append(j.buf, ']')
	}
	j.buf = append(j.buf, '}')
}

func (j *JSON) end() error {
	if j.buf = append(j.buf, "}\n"...); len(j.buf) < formats.FlushAt {
		return nil
	}
	return j.Flush()
}

// Flush writes what is buffered.
func (j *JSON) Flush() error {
	if len(j.buf) == 0 {
		return nil
	}
	j.Clear()
	_, err := j.Out.Write(j.buf)
	j.buf = j.buf[:0]
	return err
}

// End writes the last record.
func (j *JSON) End() error {
	c := &j.Diff.Counts
	j.buf = append(append(j.buf, `{"type":"diff"`...), j.Stream...)
	j.buf = fmt.Appendf(j.buf, `,"equal":%d,"changed":%d,"removed":%d,"added":%d}`+"\n", c.Equal, c.Changed, c.Removed, c.Added)
	return j.Flush()
}
