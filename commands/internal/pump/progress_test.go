package pump

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"framecat/commands/internal/input"
	"framecat/commands/internal/report"
)

// Without a terminal there is no progress line.
func TestNoProgress(t *testing.T) {
	r := &report.Reporter{}
	ShowProgress(r, input.NewWork(), new(Stats))()
	if r.Clear != nil {
		t.Error("progress is shown on a file")
	}
}

// The line shows how much of a regular file was read, and of other inputs the payload. Of these,
// a view has no line.
func TestProgressText(t *testing.T) {
	name := filepath.Join(t.TempDir(), "in")
	if err := os.WriteFile(name, make([]byte, 4000), 0o600); err != nil {
		t.Fatal(err)
	}
	pipe, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	w.Write(make([]byte, 4000))
	defer pipe.Close()
	defer w.Close()
	s := new(Stats)
	s.addOne(3000)
	for _, row := range []struct {
		files       []string
		stats       *Stats
		first, next string // after three seconds, and after half a second more
	}{
		{[]string{name}, s, "1 message, 0 B of 3.906 KiB (0%)", "1 message, 0.9766 KiB of 3.906 KiB (25%), 1.953 KiB/s"},
		{[]string{name}, nil, "0 B of 3.906 KiB (0%)", "0.9766 KiB of 3.906 KiB (25%), 1.953 KiB/s"},
		{nil, s, "1 message, 2.93 KiB, 0.9766 KiB/s", "1 message, 2.93 KiB, 857.1 B/s"},
		{nil, nil, "", ""},
	} {
		work := input.NewWork()
		work.Enter()
		src, err := work.For(input.Files(row.files, pipe, 0, -1))[0].Open()
		if err != nil {
			t.Fatal(err)
		}
		began := time.Now()
		p := progress{work: work, stats: row.stats, began: began}
		if got := p.text(began.Add(2 * time.Second)); got != "" {
			t.Errorf("%q: %q after two seconds, want nothing", row.files, got)
		}
		if got := p.text(began.Add(3 * time.Second)); got != row.first {
			t.Errorf("%q: %q, want %q", row.files, got, row.first)
		}
		src.Read(make([]byte, 1000))
		if got := p.text(began.Add(3500 * time.Millisecond)); got != row.next {
			t.Errorf("%q: %q, want %q", row.files, got, row.next)
		}
		src.Close()
	}
}
