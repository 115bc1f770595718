package framing

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
)

// A scanRow is the start of a stream and the result of Scan: marks in the data for a frame,
// a fault and its offset for an error, "more" for ErrMore.
type scanRow struct{ spec, wire, want string }

// checkScan runs Scan on the bytes of each row. Any shorter start of them must give the
// same result, or "more".
func checkScan(t *testing.T, rows []scanRow) {
	t.Helper()
	for _, r := range rows {
		wire := []byte(strings.ReplaceAll(r.wire, "|", ""))
		f := mustParse(t, r.spec)
		shown := "more"
		for n := 0; n <= len(wire); n++ {
			if n > 100 && n < len(wire) {
				n = min(n+len(wire)/50, len(wire)) // not each byte of a long one
			}
			got := scanned(f, wire[:n])
			if got != shown && shown != "more" {
				t.Errorf("%s: %.40q shows %s, its first %d bytes %s", r.spec, wire, got, n, shown)
			}
			shown = got
		}
		want := r.want
		if want == "" {
			head, body, _ := strings.Cut(r.wire, "|")
			body, tail, _ := strings.Cut(body, "|")
			want = extentText(Extent{Header: len(head), Body: int64(len(body)), Trailer: len(tail)})
		}
		if shown != want {
			t.Errorf("%s: %.40q is %s, want %s", r.spec, r.wire, shown, want)
		}
	}
}

func scanned(f Framing, wire []byte) string {
	e, err := f.Scan(wire, new(Cursor))
	var fault *Error
	switch {
	case err == ErrMore, err == io.EOF:
		return "more"
	case errors.As(err, &fault):
		return atText(fault.Fault, fault.Offset)
	}
	return extentText(e)
}

func atText(kind Fault, at int64) string { return fmt.Sprintf("%s@%d", kind, at) }

func extentText(e Extent) string {
	text := fmt.Sprintf("%d|%d|%d", e.Header, e.Body, e.Trailer)
	if e.Skip > 0 {
		text = fmt.Sprintf("%d~%s", e.Skip, text)
	}
	if e.Silent {
		text += " silent"
	}
	return text
}

// A describeRow is a frame's header and body, and its fields.
type describeRow struct{ header, body, want string }

func checkDescribe(t *testing.T, name string, rows []describeRow) {
	t.Helper()
	k, f := Lookup(name), mustParse(t, name)
	for _, r := range rows {
		var text []string
		for _, d := range k.Describe(nil, f, Frame{Header: []byte(r.header), Body: []byte(r.body)}) {
			text = append(text, d.Name+"="+d.Text)
		}
		if got := strings.Join(text, " "); got != r.want {
			t.Errorf("%s: header %q body %q: %q, want %q", name, r.header, r.body, got, r.want)
		}
	}
}

// A refusedRow is what Append can't write: marks to imitate, the size of a payload, and the
// reason. Without a reason the error is ErrMarks.
type refusedRow struct {
	like Marks
	size int
	text string
}

func checkRefused(t *testing.T, spec string, rows []refusedRow) {
	t.Helper()
	for _, r := range rows {
		out, err := mustParse(t, spec).Append([]byte("before"), r.like, make([]byte, r.size))
		if r.text == "" && !errors.Is(err, ErrMarks) || r.text != "" && (!isPayload(err) || !strings.Contains(err.Error(), r.text)) || string(out) != "before" {
			t.Errorf("%s like %q, %d bytes: %.20q, %v; want it refused (%q)", spec, r.like, r.size, out, err, r.text)
		}
	}
}
