package views

import (
	"fmt"
	"strings"
	"testing"

	"framecat/commands/internal/report"
)

// -f auto shows the best guess with a command to go on with, and then the frames.
func TestAuto(t *testing.T) {
	netstrings := "5:hello,3:bye,5:world,7:goodbye,5:again,"
	file := fileOf(t, netstrings)
	for name, change := range map[string]func(o *Options){"rows": nil, "json": asJSON, "summary": asSummary, "trace": func(o *Options) { o.Trace = true }} {
		got := inspect(t, "auto", change, file)
		want := []string{"framing", "netstring ", "go on with: framecat inspect -f netstring " + file, "goodbye"}
		switch name {
		case "json":
			want = []string{`{"type":"candidate","file":"` + file + `","framing":"netstring","bits":`, `"frames":5,"start":0,"leftover":0`, `{"type":"frame","index":0,`, `"text":"goodbye"`}
		case "summary":
			want = append(want[:3], "frames      5\n")
		}
		rest := got.out
		for _, w := range want {
			_, after, ok := strings.Cut(rest, w)
			if rest = after; !ok {
				t.Errorf("%s: no %q in\n%s", name, w, got.out)
			}
		}
		if got.status != 0 || got.errs != "" {
			t.Errorf("%s: status %d, %s", name, got.status, got.errs)
		}
	}
	// Bytes before the first frame are shown as bytes in no frame.
	late := inspect(t, "auto", nil, fileOf(t, "half a message\n"+strings.Repeat("\xaa\x55\x05\x00hello", 1)+netstrings+netstrings))
	if late.status == 0 && !strings.Contains(late.out, " from byte ") {
		t.Errorf("%s", late.out)
	}
}

// A stream whose framing is unknown is shown as bytes, with the reason.
func TestAutoUntold(t *testing.T) {
	for _, row := range []struct{ name, stream, errs, hint string }{
		{"an empty one", "", "the stream is empty", ""},
		{"a byte", "\x07", "the framing of the stream is unknown", "hint: set the framing with -f"},
		{"bzip2", "BZh91AY&SY\x00\x00", "bzip2", "hint: run bzip2 -dc "},
	} {
		for name, change := range map[string]func(o *Options){"rows": nil, "json": asJSON, "summary": asSummary, "trace": func(o *Options) { o.Trace = true }} {
			got := inspect(t, "auto", change, fileOf(t, row.stream))
			if got.status != report.StatusMalformed || !strings.Contains(got.errs, row.errs) || !strings.Contains(got.errs, row.hint) || strings.Contains(got.errs, "hint: ") != (row.hint != "") {
				t.Errorf("%s, as %s: status %d, %s", row.name, name, got.status, got.errs)
			}
			if name == "rows" && row.stream != "" && !strings.HasPrefix(got.out, fmt.Sprintf("00000000  %02x", row.stream[0])) {
				t.Errorf("%s:\n%s", row.name, got.out)
			}
		}
	}
}

// In JSON, a stream whose framing is unknown has a record with the best guesses, and none of
// candidates.
func TestAutoGuesses(t *testing.T) {
	for _, row := range []struct {
		name, stream, want string
		guesses            bool
	}{
		{"a byte", "\x07", `{"type":"unknown","file":"FILE","guesses":[]}`, false},
		{"a PNG", "\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", `{"type":"unknown","file":"FILE","guesses":[]}`, false},
		{"two messages", "5:hello,", `{"type":"unknown","file":"FILE","guesses":[{"framing":"netstring","bits":`, true},
	} {
		file := fileOf(t, row.stream)
		got := inspect(t, "auto", asJSON, file)
		first, _, _ := strings.Cut(strings.ReplaceAll(got.out, file, "FILE"), "\n")
		if !strings.HasPrefix(first, row.want) || strings.Contains(got.out, `"candidate"`) || got.status != report.StatusMalformed {
			t.Errorf("%s: status %d\n%s", row.name, got.status, got.out)
		}
		if n := strings.Count(first, `"bits"`); n > 3 || (n > 0) != row.guesses {
			t.Errorf("%s: %d guesses: %s", row.name, n, first)
		}
	}
}
