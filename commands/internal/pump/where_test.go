package pump

import (
	"errors"
	"strings"
	"testing"

	"framecat/commands/internal/report"
	"framecat/framing"
)

// parse returns a framing and its row.
func parse(t *testing.T, spec string) (framing.Framing, *framing.Entry) {
	t.Helper()
	f, err := framing.Parse(spec)
	if err != nil {
		t.Fatal(err)
	}
	return f, framing.EntryOf(f)
}

// Tests of --where compare names and numbers, and the payload. Frames of docker have a field
// stream; frames of http2 have flags too.
func TestWhere(t *testing.T) {
	const (
		out     = "\x01\x00\x00\x00\x00\x00\x00\x02hi"
		errs    = "\x02\x00\x00\x00\x00\x00\x00\x03bad"
		preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
		ping    = "\x00\x00\x08\x06\x00\x00\x00\x00\x00pingping"
	)
	for _, row := range []struct {
		spec, frame, tests string
		want               bool
	}{
		{"docker", out, "", true},
		{"docker", out, "stream=stdout", true},
		{"docker", out, "stream=1", true},
		{"docker", out, "stream=0x1", true},
		{"docker", out, "stream!=stdout", false},
		{"docker", errs, "stream=stdout", false},
		{"docker", errs, "stream!=stdout", true},
		{"docker", errs, "stream~err", true},
		{"docker", out, "stream~err", false},
		{"docker", errs, "payload=bad", true},
		{"docker", errs, "payload=ba", false},
		{"docker", errs, "payload!=ba", true},
		{"docker", errs, "payload~ba", true},
		{"docker", errs, "payload~", true},
		{"docker", errs, "payload~=", false},
		{"docker", errs, "stream=stderr payload~ba", true},
		{"docker", errs, "stream=stderr payload~no", false},
		{"docker", errs, "stream=stdout payload~ba", false},
		{"u8", "\x02hi", "payload=hi", true},

		// A frame without a message does not have the fields of the row.
		{"http2", ping, "type=PING", true},
		{"http2", preface, "type=PING", false},
		{"http2", preface, "type!=PING", true},
	} {
		f, kind := parse(t, row.spec)
		tests, err := NewFrameTest(strings.Fields(row.tests), kind, f)
		if err != nil {
			t.Errorf("%s: %v", row.tests, err)
			continue
		}
		frame, err := framing.NewReader(strings.NewReader(row.frame), f).Next()
		if err != nil {
			t.Fatal(err)
		}
		if got := tests.holds(frame); got != row.want {
			t.Errorf("%s of %q: --where %s holds: %t, want %t", row.spec, row.frame, row.tests, got, row.want)
		}
	}
}

// A test that no frame can meet is an error, with a hint about what to write.
func TestWhereRefuses(t *testing.T) {
	for _, row := range []struct{ spec, test, text, hint string }{
		{"docker", "", "--where ", "write "},
		{"docker", "stdout", "--where stdout", "write "},
		{"docker", "=stdout", "--where =stdout", "write "},
		{"docker", "stream!stdout", "--where stream!stdout", "write "},
		{"docker", "color=red", `docker has no field "color"`, "payload, stream"},
		{"u8", "stream=1", `u8 has no field "stream"`, "payload"},
		{"docker", "stream=stdin_", `cannot be "stdin_"`, "did you mean stdin?"},
		{"docker", "stream=xyzzy", `cannot be "xyzzy"`, "write one of stdin, stdout, stderr, systemerr"},
		{"docker", "stream=7", `cannot be "7"`, "write one of stdin, "},
		{"docker", "stream=256", `cannot be "256"`, ""},
		{"http2", "flags=256", `cannot be "256"`, "a number up to 255"},
		{"http2", "type=xyzzy", `cannot be "xyzzy"`, "framecat framings http2"},
	} {
		f, kind := parse(t, row.spec)
		_, err := NewFrameTest([]string{row.test}, kind, f)
		var fail *report.Failure
		if !errors.As(err, &fail) || fail.Status != report.StatusUsage || !strings.Contains(fail.Text, row.text) || !strings.Contains(strings.Join(fail.Hints, "\n"), row.hint) {
			t.Errorf("%s: --where %s: %v, hints %q; want %q, %q", row.spec, row.test, err, hintsOf(fail), row.text, row.hint)
		}
	}
}

func hintsOf(f *report.Failure) []string {
	if f == nil {
		return nil
	}
	return f.Hints
}

// Only tests of the payload need payloads in memory.
func TestWhereNeedsPayload(t *testing.T) {
	f, kind := parse(t, "docker")
	for tests, want := range map[string]bool{"": false, "stream=1": false, "payload~a": true, "stream=1 payload=a": true} {
		ft, err := NewFrameTest(strings.Fields(tests), kind, f)
		if err != nil || ft.NeedsPayload() != want {
			t.Errorf("%s: %t, %v; want %t", tests, ft.NeedsPayload(), err, want)
		}
	}
}

// With -f auto the framing is known later: the tests are then resolved for its fields.
func TestWhereOfAnother(t *testing.T) {
	ft, err := NewFrameTest([]string{"stream=stderr"}, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	f, kind := parse(t, "u8")
	if err := ft.Of(kind, f); err == nil {
		t.Error("u8 has no field stream, and takes a test of it")
	}
	f, kind = parse(t, "docker")
	if err := ft.Of(kind, f); err != nil {
		t.Error(err)
	}
	frame, err := framing.NewReader(strings.NewReader("\x02\x00\x00\x00\x00\x00\x00\x00"), f).Next()
	if err != nil || !ft.holds(frame) {
		t.Errorf("stderr is not found, %v", err)
	}
}
