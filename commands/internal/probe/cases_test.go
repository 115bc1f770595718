package probe

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"framecat/framing"
)

// planOf returns the plan for payloads in frames of a spec.
func planOf(t *testing.T, spec string, payloads ...string) *Plan {
	t.Helper()
	f, err := framing.Parse(spec)
	if err != nil {
		t.Fatal(err)
	}
	p := &Plan{Framing: f}
	for _, text := range payloads {
		list, err := Frames(f, [][]byte{[]byte(text)})
		if err != nil {
			t.Fatal(err)
		}
		p.Messages = append(p.Messages, list...)
	}
	return p
}

// A long frame is not sent byte by byte, and a command line does not hold it.
func TestLong(t *testing.T) {
	t.Parallel()
	p := planOf(t, "u32be", "ab", string(letters(100_000)))
	for _, c := range p.Cases() {
		line := (&Target{Address: "4000", Spec: "u32be", Again: []string{"--thorough"}, Files: []string{"x"}}).Repeat(p, &Result{Case: &c})
		long := c.Count > 1
		if c.ID == "bytes" && len(c.Writes) != 7 {
			t.Errorf("%s has %d writes", c.ID, len(c.Writes))
		}
		if want := "framecat probe --thorough --only " + c.ID + " 4000 x"; long && line != want || !long && len(line) > 200 {
			t.Errorf("%.200s, want %s", line, want)
		}
	}
}

// What each case writes: | is between two writes, and ; is where the replies are waited for.
func TestCases(t *testing.T) {
	t.Parallel()
	p := planOf(t, "netstring", "é", "b", "")
	want := []string{
		"reference 2:é,;1:b,;0:,",
		"utf8 2:é,", // after 2:xx,
		"split/1 2|:é,", "split/2 2:|é,", "split/3 2:\xc3|\xa9,", "split/4 2:é|,",
		"split/1.1 2:é,;1|:b,", "split/1.2 2:é,;1:|b,", "split/1.3 2:é,;1:b|,",
		"split/2.1 2:é,;1:b,;0|:,", "split/2.2 2:é,;1:b,;0:|,",
		"bytes 2|:|\xc3|\xa9|,|1|:|b|,|0|:|,",
		"merge/2 2:é,1:b,;0:,", "merge/all 2:é,1:b,0:,",
		"merge+half 2:é,1:|b,0:,",
		"header-then-wait 2:|é,", "slow 2|:|\xc3|\xa9|,",
		"close/1 2", "close/2 2:", "close/3 2:\xc3", "close/4 2:é",
		"reset/1 2", "reset/2 2:", "reset/3 2:\xc3", "reset/4 2:é",
	}
	if got := drawn(p.Cases()); !slices.Equal(got, want) {
		t.Errorf("%q\nwant\n%q", got, want)
	}
	p.Thorough = true
	if list := Select(p.Cases(), []string{"close/*"}, nil); len(list) != 4 {
		t.Errorf("--thorough ends connections at %d offsets", len(list))
	}
	p = planOf(t, "crlf", "a", "a")
	p.Process = true
	want = []string{
		"reference a\r\n;a\r\n", "split/1 a|\r\n", "split/2 a\r|\n", "split/1.1 a\r\n;a|\r\n", "split/1.2 a\r\n;a\r|\n",
		"bytes a|\r|\n|a|\r|\n", "merge/2 a\r\na\r\n", "merge+half a\r\na\r|\n", "slow a|\r|\n", "close/1 a", "close/2 a\r",
	}
	if got := drawn(p.Cases()); !slices.Equal(got, want) {
		t.Errorf("%q\nwant\n%q", got, want)
	}
}

func drawn(list []Case) (lines []string) {
	for _, c := range list {
		text := ""
		for i, w := range c.Writes {
			text += string(w)
			switch {
			case i == len(c.Writes)-1:
			case c.Pauses[i].Sent > 0:
				text += ";"
			default:
				text += "|"
			}
		}
		lines = append(lines, c.ID+" "+text)
	}
	return lines
}

// Cuts are named by the parts of the frame.
func TestPlaces(t *testing.T) {
	t.Parallel()
	for _, row := range []struct{ spec, payload, want string }{
		{"u32be", "é", "1 in the length, 2 in the length, 3 in the length, 4 after the header, 5 inside a UTF-8 character"},
		{"u32be", "\xff\x80", "1 in the length, 2 in the length, 3 in the length, 4 after the header, 5 in the payload"},
		{"u16be:offset=2,header=5", "a", "1 in the header, 2 before the length, 3 in the length, 4 in the header, 5 after the header"},
		{"u8:crc=crc16-modbus", "ab", "1 after the header, 2 in the payload, 3 before the crc16-modbus, 4 in the crc16-modbus"},
		{"crlf", "a", "1 before the CR, 2 between CR and LF"},
		{"lines", "ab", "1 in the payload, 2 before the LF"},
	} {
		m := planOf(t, row.spec, row.payload).Messages[0]
		var got []string
		for i := 1; i < len(m.Frame); i++ {
			got = append(got, fmt.Sprintf("%d %s", i, m.place(i)))
		}
		if text := strings.Join(got, ", "); text != row.want {
			t.Errorf("%s: %s\nwant %s", row.spec, text, row.want)
		}
	}
}

func TestSelect(t *testing.T) {
	t.Parallel()
	all := planOf(t, "u32be", "ab", "cd").Cases()
	for _, row := range []struct {
		only, skip []string
		want       string
	}{
		{[]string{"split/1"}, nil, "split/1"},
		{[]string{"split/*"}, []string{"split/1*"}, "split/2 split/3 split/4 split/5"},
		{[]string{"merge*"}, nil, "merge/2 merge+half"},
		{[]string{"*"}, []string{"*/*", "*r*", "utf8"}, "bytes slow"},
		{[]string{"none", "slow"}, nil, "slow"},
	} {
		var ids []string
		for _, c := range Select(all, row.only, row.skip) {
			ids = append(ids, c.ID)
		}
		if got := strings.Join(ids, " "); got != row.want {
			t.Errorf("%q, %q: %s, want %s", row.only, row.skip, got, row.want)
		}
	}
}

// The command line that repeats a case has the same bytes and cuts.
func TestRepeat(t *testing.T) {
	t.Parallel()
	to := Target{Address: "exec:a b", Spec: "u8", Flags: []string{"--max-frame", "9"}}
	const start = "framecat send -f u8 --max-frame 9 --chunk "
	for _, row := range []struct{ id, want string }{
		{"reference", start + "3,2 --gap 20ms -i hex -m 6162 -m 63 --lockstep --expect 2 --linger 2s 'exec:a b'"},
		{"split/1", start + "1,2 --gap 20ms -i hex -m 6162 --expect 2 --linger 2s 'exec:a b'"},
		{"split/1.1", start + "3,1 --gap 20ms -i hex -m 6162 -m 63 --lockstep --expect 2 --linger 2s 'exec:a b'"},
		{"bytes", start + "1 --gap 20ms -i hex -m 6162 -m 63 --expect 2 --linger 2s 'exec:a b'"},
		{"merge/2", start + "5 --gap 20ms -i hex -m 6162 -m 63 --expect 2 --linger 2s 'exec:a b'"},
		{"header-then-wait", start + "1,2 --gap 300ms -i hex -m 6162 --expect 2 --linger 2s 'exec:a b'"},
		{"close/2", "framecat send -f fixed:2 --max-frame 9 --chunk 2 --gap 20ms -i hex -m 0261 --linger 0s 'exec:a b'"},
		{"reset/1", "framecat send -f fixed:1 --max-frame 9 --chunk 1 --gap 20ms -i hex -m 02 --linger 0s 'exec:a b' # probe resets the connection at the end"},
	} {
		p := planOf(t, "u8", "ab", "c")
		c := Select(p.Cases(), []string{row.id}, nil)[0]
		if got := to.Repeat(p, &Result{Case: &c, Expected: make([]Reply, 2)}); got != row.want {
			t.Errorf("%s\nwant %s", got, row.want)
		}
	}
}
