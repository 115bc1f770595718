package compare

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"framecat/framing"
)

// A script is a Sink that keeps what it is given, as an edit script.
type script struct {
	edits []edit
	limit func() // is called at each edit
}

// An edit is a number of equal messages, or a message that is only in one stream, or both forms of one.
type edit struct {
	equal    int64
	old, new *string
}

func (s *script) Equal(n int64) { s.edits = append(s.edits, edit{equal: n}) }

func (s *script) Changed(old, new framing.Frame) error { return s.add(&old, &new) }
func (s *script) Removed(f framing.Frame) error        { return s.add(&f, nil) }
func (s *script) Added(f framing.Frame) error          { return s.add(nil, &f) }

func (s *script) add(old, new *framing.Frame) error {
	if s.limit != nil {
		s.limit()
	}
	payload := func(f *framing.Frame) *string {
		if f == nil {
			return nil
		}
		p := string(f.Payload)
		return &p
	}
	s.edits = append(s.edits, edit{old: payload(old), new: payload(new)})
	return nil
}

// apply applies a script to the messages of the old stream. It fails if one that is removed is not there.
func (s *script) apply(t *testing.T, old []string) (new []string) {
	t.Helper()
	for _, e := range s.edits {
		new = append(new, old[:e.equal]...)
		old = old[e.equal:]
		if e.old != nil {
			if len(old) == 0 || old[0] != *e.old {
				t.Fatalf("%q is not next", *e.old)
			}
			old = old[1:]
		}
		if e.new != nil {
			new = append(new, *e.new)
		}
	}
	if len(old) > 0 {
		t.Fatalf("%d messages are left", len(old))
	}
	return new
}

// String shows the script in a line: =N, -old, +new, or old>new.
func (s *script) String() string {
	var words []string
	for _, e := range s.edits {
		switch {
		case e.old == nil && e.new == nil:
			words = append(words, fmt.Sprintf("=%d", e.equal))
		case e.new == nil:
			words = append(words, "-"+*e.old)
		case e.old == nil:
			words = append(words, "+"+*e.new)
		default:
			words = append(words, *e.old+">"+*e.new)
		}
	}
	return strings.Join(words, " ")
}

// streamOf returns a stream with these messages.
func streamOf(t testing.TB, spec string, messages []string) *Stream {
	t.Helper()
	f, err := framing.Parse(spec)
	if err != nil {
		t.Fatal(err)
	}
	var wire []byte
	for _, m := range messages {
		if wire, err = f.Append(wire, framing.Marks{}, []byte(m)); err != nil {
			t.Fatal(err)
		}
	}
	return readerOf(t, f, bytes.NewReader(wire))
}

func readerOf(t testing.TB, f framing.Framing, src io.Reader) *Stream {
	t.Helper()
	c, err := Ignore{}.For(f, framing.EntryOf(f))
	if err != nil {
		t.Fatal(err)
	}
	return &Stream{Reader: framing.NewReader(src, f), Comparer: c.ByValue()}
}

// compareStreams returns the script from one stream to another.
func compareStreams(t testing.TB, old, new *Stream) (*script, *Diff) {
	t.Helper()
	s := &script{}
	d := &Diff{Old: old, New: new, To: s}
	if err := d.Run(); err != nil {
		t.Fatal(err)
	}
	return s, d
}

// Each row is two streams of words, and the script between them.
func TestDiff(t *testing.T) {
	t.Parallel()
	for _, row := range []struct{ old, new, want string }{
		{"", "", ""},
		{"a b c", "a b c", "=3"},
		{"a b c", "", "-a -b -c"},
		{"", "a b", "+a +b"},
		{"a b c", "a c", "=1 -b =1"},
		{"a c", "a b c", "=1 +b =1"},
		{"a hello c", "a hallo c", "=1 hello>hallo =1"},
		{"a hello c", "a other c", "=1 -hello +other =1"},              // they do not resemble each other
		{"a hello world c", "a world! c", "=1 -hello world>world! =1"}, // the pair that is most alike
		{"a hello c", "a new hello! c", "=1 +new hello>hello! =1"},
		{"a b c d", "d a b c", "+d =3 -d"},
		{`{"a":1,"b":2} x`, `{"b":2,"a":1.0} x`, "=2"},
		{"hello hallo", "hallo hello", "-hello =1 +hello"},
	} {
		s, _ := compareStreams(t, streamOf(t, "u8", strings.Fields(row.old)), streamOf(t, "u8", strings.Fields(row.new)))
		if s.String() != row.want {
			t.Errorf("%q to %q: %s, want %s", row.old, row.new, s, row.want)
		}
	}
}

// If the framings differ, only payloads are compared.
func TestTwoFramings(t *testing.T) {
	t.Parallel()
	s, _ := compareStreams(t, streamOf(t, "u8", []string{"a", "hello", "c"}), streamOf(t, "netstring", []string{"a", "hallo", "c"}))
	if want := "=1 hello>hallo =1"; s.String() != want {
		t.Errorf("%s, want %s", s, want)
	}
}

// words returns random messages; few kinds of them make many that are equal.
func words(r *rand.Rand, n, kinds int) (list []string) {
	for range n {
		list = append(list, fmt.Sprintf("message %d", r.IntN(kinds)))
	}
	return list
}

// mutated returns messages with some of them removed, changed or new.
func mutated(r *rand.Rand, messages []string, of int) (list []string) {
	for _, m := range messages {
		switch r.IntN(of) {
		case 0:
		case 1:
			list = append(list, m+"!")
		case 2:
			list = append(list, "new", m)
		case 3:
			list = append(list, words(r, r.IntN(100), 1000)...)
		default:
			list = append(list, m)
		}
	}
	return list
}

// checkDiff states that the script of two streams makes the new one of the old one, and that a stream does not
// differ from itself.
func checkDiff(t *testing.T, old, new []string) *Diff {
	t.Helper()
	s, d := compareStreams(t, streamOf(t, "u32be", old), streamOf(t, "u32be", new))
	if got := s.apply(t, old); !slices.Equal(got, new) {
		t.Fatalf("the script does not make the new stream: %s", s)
	}
	if same, d := compareStreams(t, streamOf(t, "u32be", old), streamOf(t, "u32be", old)); d.Counts.Differ() {
		t.Fatalf("a stream differs from itself: %s", same)
	}
	return d
}

// Applying a script gives the new stream, and short streams have the longest common subsequence.
func TestDiffProperties(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(5, 6))
	for range 300 {
		old := words(r, r.IntN(60), 1+r.IntN(30))
		new := mutated(r, old, 5+r.IntN(20))
		number := map[string]uint64{}
		numbers := func(list []string) (all []uint64) {
			for _, m := range list {
				if _, ok := number[m]; !ok {
					number[m] = uint64(len(number))
				}
				all = append(all, number[m])
			}
			return all
		}
		d := checkDiff(t, old, new)
		if want := longest(numbers(old), numbers(new)); len(old) <= firstHeld && len(new) <= firstHeld && d.Counts.Equal != int64(want) {
			t.Errorf("%q to %q: %d equal, want %d", old, new, d.Counts.Equal, want)
		}
	}
	for _, kinds := range []int{2, 6000} {
		old := words(r, 6000, kinds)
		checkDiff(t, old, mutated(r, old, 300))
		checkDiff(t, old, words(r, 3000, kinds))
	}
}

// A run of messages that only one stream has is found wherever it ends.
func TestLongRun(t *testing.T) {
	t.Parallel()
	var all []string
	for i := range 25_000 {
		all = append(all, fmt.Sprint(i))
	}
	for _, n := range []int{1, 31, 32, 33, 20_000} {
		for _, at := range []int{0, 1000} {
			part := slices.Concat(all[:at], all[at+n:])
			if d := checkDiff(t, all, part); d.Counts != (Counts{Equal: int64(len(part)), Removed: int64(n)}) {
				t.Errorf("without %d messages from %d on: %s", n, at, &d.Counts)
			}
			if d := checkDiff(t, part, all); d.Counts != (Counts{Equal: int64(len(part)), Added: int64(n)}) {
				t.Errorf("with %d messages more from %d on: %s", n, at, &d.Counts)
			}
		}
	}
}

// Little is held of streams that differ everywhere.
func TestDiffMemory(t *testing.T) {
	t.Parallel()
	for _, size := range []int{10, 100_000} {
		count := 12 << 20 / size
		stream := func(text string) *Stream {
			f, _ := framing.Parse("u32be")
			one, _ := f.Append(nil, framing.Marks{}, bytes.Repeat([]byte(text), size))
			return readerOf(t, f, bytes.NewReader(bytes.Repeat(one, min(count, 40_000))))
		}
		old, new := stream("a"), stream("b")
		d := &Diff{Old: old, New: new, To: &script{limit: func() {
			for _, s := range []*Stream{old, new} {
				if len(s.held) > mostHeld || s.size > mostBytes+2*(size+4) {
					t.Fatalf("%d messages, %d bytes are held", len(s.held), s.size)
				}
			}
		}}}
		if err := d.Run(); err != nil || d.Counts.Equal > 0 {
			t.Errorf("%v, %s", err, &d.Counts)
		}
	}
}

// What comes before the end of a stream that cannot be read is compared.
func TestDiffUnreadable(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		old, new, want string // netstrings
		uncompared     [2]int64
	}{
		{"1:a,1:b,1:", "1:a,1:b,1:c,1:d,", "=2", [2]int64{-1, 2}},
		{"1:a,1:b,1:c,", "1:a,1:", "=1", [2]int64{1, -1}},
		{"1:a,1:x,1:", "1:a,1:y,1:c,", "=1 -x +y", [2]int64{-1, 2}},
		{"1:a,1:x,1:b,1:", "1:a,1:b,1:c,", "=1 -x =1", [2]int64{-1, 2}},
		{"5:hello,x", "5:hallo,1:c,", "hello>hallo", [2]int64{-1, 1}},
		{"1:a,x", "1:a,x", "=1", [2]int64{-1, -1}},
		{"1:a,1:b,x", "1:a,x", "=1", [2]int64{1, -1}},
	} {
		f, _ := framing.Parse("netstring")
		s, d := compareStreams(t, readerOf(t, f, strings.NewReader(row.old)), readerOf(t, f, strings.NewReader(row.new)))
		if s.String() != row.want || d.Uncompared != row.uncompared || d.Old.Err == nil && d.New.Err == nil {
			t.Errorf("%s to %s: %s, %v, errors %v and %v; want %s, %v", row.old, row.new, s, d.Uncompared, d.Old.Err, d.New.Err, row.want, row.uncompared)
		}
	}
}

// failing is a Sink that fails.
type failing struct{ script }

func (failing) Removed(framing.Frame) error { return errors.New("no space") }

// An error of the Sink ends the Diff.
func TestDiffOutput(t *testing.T) {
	t.Parallel()
	d := &Diff{Old: streamOf(t, "u8", []string{"a", "b"}), New: streamOf(t, "u8", []string{"b"}), To: &failing{}}
	if err := d.Run(); err == nil || err.Error() != "no space" {
		t.Error(err)
	}
}

// FuzzDiff states the properties of a script for any streams. Each byte is a message.
func FuzzDiff(f *testing.F) {
	f.Add([]byte("abcdef"), []byte("abxdef"))
	f.Add([]byte("aaaa"), []byte("aabaa"))
	f.Add(bytes.Repeat([]byte("abc"), 100), bytes.Repeat([]byte("acb"), 90))
	f.Fuzz(func(t *testing.T, a, b []byte) {
		checkDiff(t, strings.Split(string(a), ""), strings.Split(string(b), ""))
	})
}

// Each row is two payloads, in which the bytes that changed are in brackets.
func TestChanges(t *testing.T) {
	t.Parallel()
	for _, row := range []struct{ ignore, old, new string }{
		{"", "h[e]llo", "h[a]llo"},
		{"", "hello", "hello[!]"},
		{"", "a[b]cdefgh[i]j", "acdefghj"},
		{"", "n [abc1def] ok", "n [xyz1uvw] ok"}, // that the 1 is equal is by chance
		{"", "[abc]", ""},
		{".id", `{"id":7,"x":[1]}`, `{"id":42,"x":[2]}`},
		{"0-1", "12[c]", "xy[d]"},
	} {
		plain := strings.NewReplacer("[", "", "]", "").Replace
		c := comparerOf(t, "lines", row.ignore).ByValue()
		d := &Diff{Old: &Stream{Comparer: c}, New: &Stream{Comparer: c}}
		old, new := []byte(plain(row.old)), []byte(plain(row.new))
		inOld, inNew := d.changes(framing.Frame{Body: old, Payload: old}, framing.Frame{Body: new, Payload: new})
		if a, b := bracketed(old, inOld), bracketed(new, inNew); a != row.old || b != row.new {
			t.Errorf("%s and %s, want %s and %s", a, b, row.old, row.new)
		}
	}
}

// bracketed puts ranges in brackets.
func bracketed(b []byte, spans []span) (text string) {
	at := 0
	for _, s := range spans {
		text += string(b[at:s.start]) + "[" + string(b[s.start:s.end]) + "]"
		at = s.end
	}
	return text + string(b[at:])
}
