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

// Frames for the tests of --where.
const (
	dockerOut = "\x01\x00\x00\x00\x00\x00\x00\x02hi"
	dockerErr = "\x02\x00\x00\x00\x00\x00\x00\x03bad"
	preface   = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
	ping      = "\x00\x00\x08\x06\x00\x00\x00\x00\x00pingping"
	query     = "Q\x00\x00\x00\x0dselect 1\x00"
	copyData  = "d\x00\x00\x00\x06hi"
	dataRow   = "D\x00\x00\x00\x06hi"
	search    = "\x30\x05\x02\x01\x02\x63\x00"
	logon     = "8=FIX.4.4\x019=5\x0135=A\x0110=180\x01"
	natsPub   = "PUB Orders.new 2\r\nhi\r\n"
	describe  = "DESCRIBE rtsp://h/x RTSP/1.0\r\nCSeq: 2\r\n\r\n"
	lpush     = "*1\r\n$4\r\nPING\r\n"
	nullBulk  = "$-1\r\n"
	marker    = "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x00\x13\x04"
)

// Each row states whether a frame meets a test. The tests of a row have spaces between them; a
// space in a test is written _.
func TestWhere(t *testing.T) {
	for _, row := range []struct {
		spec, frame, tests string
		want               bool
	}{
		// A field is compared by name, in any case, or by number.
		{"docker", dockerOut, "", true},
		{"docker", dockerOut, "stream=stdout", true},
		{"docker", dockerOut, "stream=1", true},
		{"docker", dockerOut, "stream=0x1", true},
		{"docker", dockerOut, "STREAM=Stdout", true},
		{"docker", dockerOut, "stream!=stdout", false},
		{"docker", dockerErr, "stream=stdout", false},
		{"docker", dockerErr, "stream!=stdout", true},
		{"docker", dockerErr, "stream~err", true},
		{"docker", dockerErr, "stream~ERR", true},
		{"docker", dockerOut, "stream~err", false},
		{"docker", dockerOut, "stream!~err", true},
		{"docker", dockerErr, "stream=/std.*/", true},
		{"docker", dockerErr, "stream=/stdo.*/", false},
		{"docker", dockerErr, "stream~/^std/", true},
		{"bgp", marker, "type=keepalive", true},
		{"bgp", marker, "marker~FFFF", true},

		// A byte that is an enumeration is a number too.
		{"postgres", dataRow, "type=68", true},
		{"postgres", dataRow, "type=0x44", true},
		{"postgres", dataRow, "type=D", true},
		{"postgres", dataRow, "type!=0x44", false},
		{"postgres", dataRow, "type=69", false},
		{"postgres", "y\x00\x00\x00\x04", "type=121", true},
		{"postgres:role=frontend", dataRow, "type=68", true},

		// Of several values one must hold; with != none may.
		{"docker", dockerErr, "stream=stdin,stderr", true},
		{"docker", dockerErr, "stream=stdin,1", false},
		{"docker", dockerErr, "stream!=stdin,stdout", true},
		{"docker", dockerErr, "stream!=stdin,stderr", false},
		{"docker", dockerErr, "payload~x,a", true},
		{"docker", dockerErr, "payload!~x,a", false},
		{"docker", dockerErr, "payload~/x+/,/a.$/", true},

		// The payload is compared byte by byte, with the case of letters.
		{"docker", dockerErr, "payload=bad", true},
		{"docker", dockerErr, "payload=BAD", false},
		{"docker", dockerErr, "payload=ba", false},
		{"docker", dockerErr, "payload!=ba", true},
		{"docker", dockerErr, "payload~ba", true},
		{"docker", dockerErr, "payload!~ba", false},
		{"docker", dockerErr, "payload~", true},
		{"docker", dockerErr, "payload~=", false},
		{"u8", "\x02hi", "payload=hi", true},
		{"u8", "\x00", "payload=", true},
		{"u8", "\x03a,b", `payload=a\,b`, true},
		{"u8", "\x03a,b", "payload=a,b", false},
		{"u8", "\x02a\n", `payload=a\n`, true},
		{"u8", "\x02\xff\x00", `payload=\xff\0`, true},
		{"u8", "\x02\xff\x00", `payload~\xff`, true},
		{"u8", "\x02/a", `payload=\/a`, true},
		{"u8", "\x02=a", `payload=\=a`, true},
		{"u8", "\x02\\a", `payload=\\a`, true},
		{"u8", "\x06<html>", "payload~<html>", true},

		// A regular expression matches bytes, in any payload.
		{"u8", "\x03abc", "payload~/b/", true},
		{"u8", "\x03abc", "payload=/b/", false},
		{"u8", "\x03abc", "payload=/a.c/", true},
		{"u8", "\x03abc", "payload!=/a.c/", false},
		{"u8", "\x03abc", "payload~/(?i)BC$/", true},
		{"u8", "\x03a,b", "payload~/a,b/", true},
		{"u8", "\x03a/b", `payload~/a\/b/`, true},
		{"u8", "\x02\xff\x00", `payload~/^\xff\x00$/`, true},
		{"u8", "\x02\xff\x00", "payload~/^..$/", true},
		{"u8", "\x02\xc3\xa9", `payload~/^\xc3\xa9$/`, true},
		{"u8", "\x02\xc3\xa9", "payload~/^é$/", true},
		{"u8", "\x02\xc3\xa9", `payload~/\xe9/`, false},

		// Sizes and numbers.
		{"docker", dockerErr, "size>2", true},
		{"docker", dockerErr, "size>3", false},
		{"docker", dockerErr, "size>=3", true},
		{"docker", dockerErr, "size<3", false},
		{"docker", dockerErr, "size<=3", true},
		{"docker", dockerErr, "size=3", true},
		{"docker", dockerErr, "size!=3,4", false},
		{"docker", dockerErr, "size<1KiB", true},
		{"docker", dockerErr, "Size=1,2,0x3", true},
		{"docker", dockerErr, "index=0", true},
		{"docker", dockerErr, "index=1,2", false},
		{"docker", dockerErr, "index!=1", true},
		{"docker", dockerErr, "index<5", true},

		// All tests must hold.
		{"docker", dockerErr, "stream=stderr payload~ba", true},
		{"docker", dockerErr, "stream=stderr payload~no", false},
		{"docker", dockerErr, "size>2 size<4 index=0", true},

		// A frame without a message does not have the fields of the row.
		{"http2", ping, "type=ping", true},
		{"http2", preface, "type=PING", false},
		{"http2", preface, "type!=PING", true},
		{"http2", preface, "type!~PING", true},

		// Fields at no fixed offset have names too.
		{"postgres", query, "type=query", true},
		{"postgres", query, "type=Q", true},
		{"postgres", copyData, "type=d", true},
		{"postgres", dataRow, "type=d", false},
		{"postgres", dataRow, "type=D", true},
		{"postgres:role=frontend", dataRow, "type=describe", true},
		{"ldap", search, "operation=SEARCHREQUEST", true},
		{"ldap", search, "operation=0x63", true},
		{"ldap", search, "message=2", true},
		{"fix", logon, "type=logon", true},
		{"fix", logon, "type=A", true},
		{"nats", natsPub, "op=pub", true},
		{"nats", natsPub, "subject=orders.new", true},
		{"nats", natsPub, "subject~/^Orders/", true},
		{"nats", natsPub, "subject~/^orders/", false},
		{"rtsp", describe, "method=describe", true},
		{"rtsp", describe, "uri~/x$/", true},
		{"resp", lpush, "type=array", true},
		{"resp", nullBulk, "type=null_bulk_string", true},
		{"resp", nullBulk, "type~bulk", true},
	} {
		f, kind := parse(t, row.spec)
		texts := strings.Fields(row.tests)
		for i := range texts {
			texts[i] = strings.ReplaceAll(texts[i], "_", " ")
		}
		tests, err := NewFrameTest(texts, kind, f, NoDirection)
		if err != nil {
			t.Errorf("%s: %v", row.tests, err)
			continue
		}
		frame, err := framing.NewReader(strings.NewReader(row.frame), f).Next()
		if err != nil {
			t.Fatalf("%s %q: %v", row.spec, row.frame, err)
		}
		if got := tests.Holds(frame, int64(len(frame.Payload))); got != row.want {
			t.Errorf("%s of %q: --where %s holds: %t, want %t", row.spec, row.frame, row.tests, got, row.want)
		}
	}
}

// A test that is wrong, or that no frame can meet, is an error: it shows the wrong place with
// a caret, and hints at what to write.
func TestWhereRefuses(t *testing.T) {
	for _, row := range []struct{ spec, test, text, hint string }{
		{"docker", "", "\n    \n    ^", "write a test such as"},
		{"docker", "stdout", "stdout\n          ^", "write a test such as"},
		{"docker", "size", "nothing to compare with", "--where 'size>1000'"},
		{"docker", "=stdout", "a name is missing before the =\n    =stdout\n    ^", "write a test such as"},
		{"docker", "stream!stdout", "expected = or ~ after the !\n    stream!stdout\n           ^", "such as"},
		{"docker", "stream==1", "found = after =, expected a value\n    stream==1\n           ^", `stream= for "is"`},
		{"docker", "payload=~hi", "found ~ after =", `payload~ for "contains", and \~ for a value`},
		{"docker", "stream!==1", "found = after !=", "stream="},
		{"docker", "color=red", "docker has no field color\n    color=red\n    ^", "stream, reserved, payload, size, index"},
		{"docker", "straem=1", "docker has no field straem", "did you mean stream?"},
		{"u8", "stream=1", "u8 has no field stream", "payload, size, index"},
		{"docker", "stream=stdin_", "docker has no stream stdin_\n    stream=stdin_\n           ^", "did you mean stdin?"},
		{"docker", "stream=stdin,xyzzy", "docker has no stream xyzzy\n    stream=stdin,xyzzy\n                 ^", "write one of stdin, stdout, stderr, systemerr"},
		{"docker", "stream=7", "docker has no stream 7", "write one of stdin, "},
		{"docker", "stream=", "docker has no stream ", "write one of stdin, "},
		{"docker", "stream~xyzzy", "no stream of docker contains xyzzy", "write one of stdin, "},
		{"docker", "stream>1", "> compares only size and index\n    stream>1\n          ^", "stream~/REGEX/"},
		{"http2", "flags>0", "> compares only size and index", "write --where 'flags!=0'"},
		{"http2", "flags=256", "http2 has no flags 256", "a number up to 255"},
		{"http2", "type=xyzzy", "http2 has no type xyzzy", "write a name such as DATA, or a number up to 255; for the names, run framecat framings http2"},
		{"mqtt", "type=PUBLSH", "mqtt has no type PUBLSH", "did you mean PUBLISH?"},
		{"mqtt", "type=xyzzy", "mqtt has no type xyzzy", "framecat framings mqtt"},
		{"postgres", "type=qeury", "postgres has no type qeury", "did you mean Query?"},
		{"postgres", "type=Describe", "postgres has no type Describe", "Describe is a type of -f postgres:role=frontend"},
		{"ldap", "operation=searchReq", "ldap has no operation searchReq", "did you mean searchRequest?"},
		{"ldap", "message=x", "ldap has no message x", "write a number"},
		{"fix", "type=Logn", "fix has no type Logn", "did you mean Logon?"},
		{"nats", "op=PUBB", "nats has no op PUBB", "did you mean PUB?"},
		{"resp", "type=string", "resp has no type string", "did you mean bulk string, null bulk string, simple string, part of a streamed string or verbatim string?"},
		{"resp", "type=xyzzy", "resp has no type xyzzy", "write a name such as bulk error; for the names, run framecat framings resp"},
		{"u8", "size>x", "found \"x\", expected a number\n    size>x\n         ^", "64KiB"},
		{"u8", "size>", "expected a number", "64KiB"},
		{"u8", "size=/1/", "expected a number", "64KiB"},
		{"u8", "size~1", "size is a number: expected one of = != < > <= >=\n    size~1\n        ^", "such as"},
		{"u8", "size>1,2", "> compares with one number\n    size>1,2\n           ^", "several flags"},
		{"u8", "index=-1", "found \"-1\", expected a number", "write a number"},
		{"u8", "payload>a", "> compares only size and index", "size>1000"},
		{"u8", "payload=a,", "a value is missing after the comma\n    payload=a,\n              ^", `\, for a comma`},
		{"u8", "payload=a,,b", "a value is missing after the comma", `\, for a comma`},
		{"u8", `payload=a\q`, "is not a C escape\n    payload=a\\q\n             ^", `\\ for a backslash`},
		{"u8", `payload=\x`, `\x needs hex digits`, `\\ for a backslash`},
		{"u8", "payload~/a", "the regular expression has no end, expected another /\n    payload~/a\n            ^", `a slash is written \/`},
		{"u8", `payload~/a\/`, "the regular expression has no end", `a slash is written \/`},
		{"u8", "payload~/api/users", "found text after the regular expression\n", ""},
		{"resp", "type=bulk", "resp has no type bulk", "did you mean bulk error, bulk string or null bulk string?"},
		{"resp", "type~/xx/", "no type of resp matches /xx/", "run framecat framings resp"},
		{"docker", "stream=/std/", "no stream of docker matches /std/", "write one of stdin, stdout, stderr, systemerr"},
		{"docker", "stream!~/zz/", "no stream of docker matches /zz/", "write one of stdin, stdout, stderr, systemerr"},
		{"postgres", "type~/zz/", "no type of postgres matches /zz/", "run framecat framings postgres"},
		{"postgres", "type=256", "postgres has no type 256", ""},
		{"u8", "payload~/(/", `the regular expression is wrong: missing closing ): "("`, "re2syntax"},
		{"u8", "payload=/a)(b/", "the regular expression is wrong: unexpected ): \"a)(b\"", "re2syntax"},
	} {
		f, kind := parse(t, row.spec)
		_, err := NewFrameTest([]string{row.test}, kind, f, NoDirection)
		var fail *report.Failure
		text := strings.TrimSuffix(row.text, "\n")
		if !errors.As(err, &fail) || fail.Status != report.StatusUsage || !strings.HasPrefix(fail.Text, "--where: ") ||
			!strings.Contains(fail.Text, text) || !strings.Contains(strings.Join(fail.Hints, "\n"), row.hint) {
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
	for tests, want := range map[string]bool{"": false, "stream=1": false, "size>1": false, "payload~a": true, "Payload~/a/": true, "stream=1 payload=a": true} {
		ft, err := NewFrameTest(strings.Fields(tests), kind, f, NoDirection)
		if err != nil || ft.NeedsPayload() != want {
			t.Errorf("%s: %t, %v; want %t", tests, ft.NeedsPayload(), err, want)
		}
	}
}

// With -f auto the framing is known later: the tests are then resolved for its fields. What is
// wrong with any framing is an error at once.
func TestWhereOfAnother(t *testing.T) {
	ft, err := NewFrameTest([]string{"stream=stderr"}, nil, nil, NoDirection)
	if err != nil {
		t.Fatal(err)
	}
	f, kind := parse(t, "u8")
	if err := ft.Of(kind, f, NoDirection); err == nil {
		t.Error("u8 has no field stream, and takes a test of it")
	}
	f, kind = parse(t, "docker")
	if err := ft.Of(kind, f, NoDirection); err != nil {
		t.Error(err)
	}
	frame, err := framing.NewReader(strings.NewReader("\x02\x00\x00\x00\x00\x00\x00\x00"), f).Next()
	if err != nil || !ft.Holds(frame, 0) {
		t.Errorf("stderr is not found, %v", err)
	}
	for _, test := range []string{"size>x", "payload>1", "payload~/(/", "type"} {
		if _, err := NewFrameTest([]string{test}, nil, nil, NoDirection); err == nil {
			t.Errorf("%s is no error before the framing is known", test)
		}
	}
}

// A field of no row has the name of something else.
func TestWhereNames(t *testing.T) {
	for _, k := range framing.Entries() {
		for _, name := range fieldNames(&k) {
			if subjectOf(name) != ofField {
				t.Errorf("%s has a field %s, which --where takes for something else", k.Name, name)
			}
		}
	}
}

// The words of the help are tests.
func TestHelpIsRead(t *testing.T) {
	for _, h := range TestHelp {
		if _, err := readCondition(h.Word); err != nil {
			t.Errorf("%s: %v", h.Word, err)
		}
	}
}

// A test that is read is printed as a test that is read in the same way.
func FuzzWhere(f *testing.F) {
	for _, s := range []string{"type=Query,Parse", "a!=b", "size>=10", "payload~/a\\/b\\\\/,x", `payload=\x00\,\/é`, "payload~=", "a!~\\=b", "x=/\\Q/\\E/", "=", "a=,", "a=\\"} {
		f.Add(s)
	}
	kind := framing.Lookup("docker")
	docker, err := framing.Parse("docker")
	if err != nil {
		f.Fatal(err)
	}
	frame, err := framing.NewReader(strings.NewReader(dockerErr), docker).Next()
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if test, err := NewFrameTest([]string{s}, kind, docker, NoDirection); err == nil {
			test.Holds(frame, 3)
		}
		c, err := readCondition(s)
		if err != nil {
			return
		}
		again, err := readCondition(c.String())
		if err != nil || again.String() != c.String() || again.field != c.field || again.op != c.op || len(again.values) != len(c.values) {
			t.Fatalf("%q is printed as %q, which is %+v, %v", s, c, again, err)
		}
		for i, v := range c.values {
			if w := again.values[i]; v.text != w.text || v.source != w.source {
				t.Fatalf("value %d of %q is %q, of %q it is %q", i, s, v.text+v.source, c, w.text+w.source)
			}
		}
	})
}
