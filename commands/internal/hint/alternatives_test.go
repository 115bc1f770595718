package hint

import (
	"slices"
	"strings"
	"testing"

	"framecat/framing"
)

// What is nearest to a framing is tried first: the other byte order, then a length that
// counts itself or does not, then other widths and keys, then all else. Each has its reason.
func TestAlternatives(t *testing.T) {
	for _, row := range []struct {
		spec  string
		first []alternative // in this order, though others may be between them
		never []string
	}{
		{"u32be", []alternative{{"u32le", otherOrder}, {"u32be:counts=frame", countsAll}, {"u16be", otherWidth}, {"u16be:counts=frame", otherWidthAll}, {"u8", otherWidth}, {"varint", ""}, {"netstring", ""}}, []string{"u32be"}},
		{"u16le", []alternative{{"u16be", otherOrder}, {"u16le:counts=frame", countsAll}, {"u32be", otherWidth}}, []string{"u16le"}},
		{"u8", []alternative{{"u8:counts=frame", countsAll}, {"u32be", otherWidth}}, []string{"u8"}},
		{"u32be:counts=frame", []alternative{{"u32le:counts=frame", otherOrder}, {"u16be:counts=frame", otherWidth}, {"u32be", countsRest}}, []string{"u32be:counts=frame,counts=frame"}},
		{"u32be:adjust=6", []alternative{{"u32le:adjust=6", otherOrder}, {"u32be", "without adjust=6 it would fit"}}, []string{"u32be:counts=frame,adjust=6"}},
		{"u16le:offset=2", []alternative{{"u16be:offset=2", otherOrder}, {"u16le:counts=frame,offset=2", countsAll}, {"u32be:offset=2", otherWidth}, {"u16le", "without offset=2 it would fit"}}, nil},
		{"u32be:crc=crc32", []alternative{{"u32le:crc=crc32", otherOrder}, {"u32be:crc=crc32-le", otherSum}, {"u32be:crc=sum8", otherSum}}, nil},
		{"netstring", []alternative{{"u32be", "the stream reads as u32be"}, {"u32be:counts=frame", "the stream reads as u32be that counts itself"}}, []string{"netstring:counts=frame"}},
		{"lines", []alternative{{"u32be", "the stream reads as u32be"}, {"varint", "a varint length would fit"}, {"netstring", "the stream reads as netstring"}}, nil},
		{"kafka", []alternative{{"u32le:signed", otherOrder}, {"u32be", "the stream reads as u32be"}}, nil},
	} {
		f, err := framing.Parse(row.spec)
		if err != nil {
			t.Fatal(err)
		}
		all := alternatives(f)
		at := 0
		for _, want := range row.first {
			i := slices.IndexFunc(all[at:], func(a alternative) bool { return a.spec == want.spec && (want.why == "" || a.why == want.why) })
			if i < 0 {
				t.Errorf("%s: no %s (%s) after %d others in %v", row.spec, want.spec, want.why, at, all)
				break
			}
			at += i + 1
		}
		if len(row.first) > 0 && all[0] != row.first[0] {
			t.Errorf("%s: the nearest is %v, want %v", row.spec, all[0], row.first[0])
		}
		for _, a := range all {
			if slices.Contains(row.never, a.spec) {
				t.Errorf("%s: %s is among its alternatives", row.spec, a.spec)
			}
		}
	}
}

// Each alternative has a reason. Of a framing without arguments, each can be given to -f; of
// others, arguments may not suit, and those are not tried.
func TestAlternativesParse(t *testing.T) {
	for _, k := range framing.Entries() {
		for _, x := range k.Details().Examples() {
			f, err := framing.Parse(x.Spec)
			if err != nil {
				t.Fatal(err)
			}
			all := alternatives(f)
			if len(all) == 0 {
				t.Errorf("%s has none", x.Spec)
			}
			for _, a := range all {
				if _, err := framing.Parse(a.spec); err != nil && !strings.Contains(f.String(), ":") {
					t.Errorf("%s: %s is no framing: %v", x.Spec, a.spec, err)
				}
				if a.why == "" {
					t.Errorf("%s: there is no reason for %s", x.Spec, a.spec)
				}
			}
		}
	}
}

func TestSwapped(t *testing.T) {
	for name, want := range map[string]string{"u16be": "u16le", "u16le": "u16be", "u24be": "u24le", "u32le": "u32be", "u64be": "u64le", "u8": "", "varint": "", "lines": "", "none": ""} {
		if got := swapped(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
}

// The order of bytes is that of the rule which a protocol follows, without what only its
// own frames have.
func TestOtherOrderOf(t *testing.T) {
	for spec, want := range map[string]string{"u32be": "u32le ", "u32be:offset=2": "u32le offset=2", "kafka": "u32le signed", "docker": "u32le offset=4", "netstring": " ", "u8": " "} {
		f, err := framing.Parse(spec)
		if err != nil {
			t.Fatal(err)
		}
		name, keys := otherOrderOf(f)
		if got := name + " " + keys; got != want && !(want == " " && name == "") {
			t.Errorf("%s: %q, want %q", spec, got, want)
		}
	}
}
