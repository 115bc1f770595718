package framing

import (
	"slices"
	"strings"
)

// A joined is a framing whose Reader returns messages instead of frames. The protocol cuts a
// message into several frames, which may have frames of other messages between them:
//
//	01 03 Hel | 89 00 ping | 80 02 lo        websocket:join: the message Hello, after the ping
//
// With inner, the payloads of the frames are a stream of their own, or several, and the messages
// are the frames of inner in them: those of gRPC in HTTP/2's DATA, with -f http2/grpc.
//
// What is written is a frame a message: a receiver does not care how a message is cut.
type joined struct {
	Framing // the frames on the wire
	inner   Framing
	rule    *joinRule
	row     *Entry // of inner
}

// Unwrap returns the framing of the frames on the wire.
func (j *joined) Unwrap() Framing { return j.Framing }

func (j *joined) String() string {
	outer := j.Framing.String()
	switch {
	case j.inner != nil:
		return outer + "/" + j.inner.String()
	case strings.Contains(outer, ":"):
		return outer + "," + joinKey.Name
	}
	return outer + ":" + joinKey.Name
}

// Append writes a message as one frame, or as a frame of the inner framing in one. Like has the
// headers of both.
func (j *joined) Append(dst []byte, like Marks, payload []byte) ([]byte, error) {
	return j.follow(dst, like, payload, new(Cursor))
}

// follow is Append in a stream of which c is what is remembered.
func (j *joined) follow(dst []byte, like Marks, payload []byte, c *Cursor) ([]byte, error) {
	if j.inner == nil {
		return j.outer(dst, like, payload, c)
	}
	var out, in Marks
	if !like.none() {
		e, err := j.Framing.Scan(like.Header, new(Cursor))
		switch {
		case err != nil || e.Header > len(like.Header):
			return dst, ErrMarks
		case e.Header == len(like.Header): // a frame that has nothing of the inner framing in it
			return j.outer(dst, like, payload, c)
		}
		out.Header = like.Header[:e.Header]
		in = Marks{like.Header[e.Header:], like.Trailer}
	}
	frame, err := j.inner.Append(nil, in, payload)
	if err != nil {
		return dst, err
	}
	return j.outer(dst, out, frame, c)
}

// outer writes a payload as a frame, or as several where one cannot have so many bytes.
func (j *joined) outer(dst []byte, like Marks, payload []byte, c *Cursor) ([]byte, error) {
	if f, ok := j.Framing.(interface {
		followWhole(dst []byte, like Marks, payload []byte, c *Cursor) ([]byte, error)
	}); ok {
		return f.followWhole(dst, like, payload, c)
	}
	split, ok := j.Framing.(interface{ most() int })
	if !ok {
		return j.Framing.Append(dst, like, payload)
	}
	start := len(dst)
	for {
		n := min(len(payload), split.most())
		out, err := j.Framing.Append(dst, like, payload[:n])
		if err != nil {
			return dst[:start], err
		}
		if dst, payload = out, payload[n:]; n < split.most() {
			return dst, nil
		}
		like = j.rule.next(like)
	}
}

// Describe appends the fields of both framings. The names of the inner ones begin with its name.
func (j *joined) Describe(dst []FieldText, header, body []byte) []FieldText {
	n := len(header)
	if j.inner != nil {
		if e, err := j.Framing.Scan(header, new(Cursor)); err == nil {
			n = min(n, e.Header)
		}
	}
	if d, ok := j.Framing.(Describer); ok {
		dst = d.Describe(dst, header[:n], body)
	}
	if n == len(header) || j.row == nil {
		return dst
	}
	first := len(dst)
	dst = j.row.Describe(dst, j.inner, Frame{Header: header[n:], Body: body})
	prefixNames(dst[first:], j.row.Name)
	return dst
}

// splitSpec splits a spec such as http2/grpc or proxy/http: the name of a row that has a rule for
// joining or opens a tunnel, maybe with arguments, and the spec of the framing in its messages or after
// the opening.
func splitSpec(spec string) (outer, inner string, ok bool) {
	outer, inner, ok = strings.Cut(spec, "/")
	if !ok {
		return spec, "", false
	}
	name, _, _ := strings.Cut(outer, ":")
	k := rowOf(name)
	return outer, inner, k != nil && k.isOuter()
}

// isOuter reports whether a spec may name another framing inside the row's own.
func (e *Entry) isOuter() bool { return e.join != nil || e.opens }

// outerNames returns the names of the rows that may have another framing inside.
func outerNames() (names []string) {
	for _, e := range Entries() {
		if e.isOuter() {
			names = append(names, e.Name)
		}
	}
	return names
}

// nested makes the framing of a spec with another framing in its messages.
func (s *settings) nested(outer, inner string) (Framing, error) {
	f, err := (&settings{end: s.end}).parse(outer)
	if err != nil {
		return nil, within(err, s.spec, 0)
	}
	in, err := (&settings{end: s.end}).parse(inner)
	if err != nil {
		return nil, within(err, s.spec, len(outer)+1)
	}
	switch j := f.(type) {
	case *tunnel:
		j.inner, j.row = in, EntryOf(in)
		return j, nil
	case *joined:
		f = j.Framing
	}
	return &joined{Framing: f, inner: in, rule: EntryOf(f).join, row: EntryOf(in)}, nil
}

// within returns an error of a part of a spec, which begins at pos.
func within(err error, spec string, pos int) error {
	if e, ok := err.(*SpecError); ok {
		e.Spec, e.Pos = spec, e.Pos+pos
	}
	return err
}

// entryOfNested returns the entry of a spec with another framing in its messages: the row of the
// outer one, with the fields of both.
func entryOfNested(outer, inner string) *Entry {
	k, in := Lookup(outer), Lookup(inner)
	if k == nil || in == nil {
		return nil
	}
	if k.opens {
		return entryOfTunnel(k, in)
	}
	e := *k
	e.Name = k.Name + "/" + in.Name
	e.out, e.Summary = in.out, in.Summary+", in "+k.Summary
	e.addFields(in)
	return &e
}

// addFields adds the fields of another row. Their names then begin with its name.
func (e *Entry) addFields(in *Entry) {
	add := func(names []string, to *[]string) {
		*to = (*to)[:len(*to):len(*to)]
		for _, n := range names {
			if n = in.Name + "." + n; !slices.Contains(*to, n) {
				*to = append(*to, n)
			}
		}
	}
	for _, f := range in.Fields {
		add([]string{f.Name}, &e.variable)
		if len(f.Names) == 0 {
			add([]string{f.Name}, &e.numeric)
		}
	}
	add(in.variable, &e.variable)
	add(in.numeric, &e.numeric)
}

// join takes the word join, so that the framing does not see it.
func (s *settings) join() bool {
	found := s.word(joinKey.Name)
	s.args = slices.DeleteFunc(s.args, func(a arg) bool { return a.key == joinKey.Name && a.used })
	return found
}

// Joined returns a spec of the row that puts frames together to messages; "" if each frame is a
// message.
func (d *details) Joined(spec string) string {
	f, err := Parse(spec)
	switch {
	case err == nil && d.Joins(f):
		return spec
	case !(*Entry)(d).joins():
		return ""
	case err != nil:
		return spec
	}
	if t, ok := f.(*tunnel); ok {
		inner := EntryOf(t.inner).Details().Joined(t.inner.String())
		return t.outer.String() + "/" + inner
	}
	return (&joined{Framing: f}).String()
}

// Joins reports whether a Reader of f puts frames together.
func (d *details) Joins(f Framing) bool {
	for {
		t, ok := f.(*tunnel)
		if !ok {
			break
		}
		f = t.inner
	}
	_, ok := f.(*joined)
	return ok
}

// Opens reports whether frames of the row open a stream that goes on with another framing.
func (d *details) Opens() bool { return d.opens }

// Opening returns the length of the whole opening at the start of b, if the row has openings; 0 if there
// is none.
func (d *details) Opening(b []byte) (n int) {
	f, _ := Parse(d.Name)
	t, ok := f.(*tunnel)
	var c Cursor
	for ok && c.Stream != openingOver {
		c.Seen, c.Pending = 0, 0
		e, err := t.outer.Scan(b[n:], &c)
		if n += e.Header; err != nil || n > len(b) {
			return 0
		}
	}
	return n
}

// entry returns the row of the opening, with that of the framing after it.
func (t *tunnel) entry() *Entry { return Lookup(t.String()) }
