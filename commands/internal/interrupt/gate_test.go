package interrupt

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"sync/atomic"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"framecat/commands/internal/report"
)

// A signal ends work only while it is outside the gate. Work that ends by itself, meanwhile or
// before, keeps its own error.
func TestRun(t *testing.T) {
	const never = time.Hour
	own := errors.New("of the work")
	stdout, err := os.Create(filepath.Join(t.TempDir(), "out"))
	if err != nil {
		t.Fatal(err)
	}
	defer stdout.Close()
	for _, row := range []struct {
		name            string
		regular         bool
		inside, outside time.Duration // how long the work stays in the gate first, and then outside
		signals         []time.Duration
		status          int // of a signal; 0 is the error of the work
		ended           bool
		after           time.Duration
		endTakes        time.Duration
	}{
		{name: "no signal", inside: time.Second, after: time.Second},
		{name: "outside", outside: never, signals: []time.Duration{time.Second}, status: 130, ended: true, after: time.Second},
		{name: "inside first", inside: 1500 * time.Millisecond, outside: never, signals: []time.Duration{time.Second}, status: 130, ended: true, after: 1500 * time.Millisecond},
		{name: "ends meanwhile", inside: 1500 * time.Millisecond, signals: []time.Duration{time.Second}, after: 1500 * time.Millisecond},
		{name: "stuck", inside: never, signals: []time.Duration{time.Second}, status: 130, after: time.Second + patience},
		{name: "a second signal", inside: never, signals: []time.Duration{time.Second, time.Second}, status: 130, after: 2 * time.Second},
		{name: "a regular file", regular: true, inside: 9 * time.Second, outside: never, signals: []time.Duration{time.Second}, status: 130, ended: true, after: 9 * time.Second},
		{name: "the end is stuck", outside: never, endTakes: never, signals: []time.Duration{time.Second, time.Second}, status: 130, ended: true, after: 2 * time.Second},
	} {
		t.Run(row.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var out *os.File
				if row.regular {
					out = stdout
				}
				signals := make(chan os.Signal, 2)
				go func() {
					for _, d := range row.signals {
						time.Sleep(d)
						signals <- syscall.SIGINT
					}
				}()
				var ended atomic.Bool
				g, began := NewGate(), time.Now()
				err := g.Run(signals, out, func() error {
					time.Sleep(row.inside)
					if row.outside > 0 {
						g.Leave()
						time.Sleep(row.outside)
						runtime.Goexit() // others call Enter, and stay there
					}
					return own
				}, func() {
					ended.Store(true)
					time.Sleep(row.endTakes)
				})
				var f *report.Failure
				status := 0
				if errors.As(err, &f) {
					status = f.Status
				} else if err != own {
					t.Errorf("error %v", err)
				}
				if took := time.Since(began); status != row.status || ended.Load() != row.ended || took != row.after {
					t.Errorf("status %d, ended %t after %s; want %d, %t, %s", status, ended.Load(), took, row.status, row.ended, row.after)
				}
				time.Sleep(2 * never) // for the goroutines that are left
			})
		})
	}
}

// A message that is written in parts can be taken back, unless the file has more than it.
func TestTakeBack(t *testing.T) {
	for _, row := range []struct {
		name string
		flag int
		more func(f *os.File) // happens before TakeBack
		want string           // "+" is where the next write goes
	}{
		{"written over", os.O_RDWR, nil, "old one +"},
		{"appended", os.O_RDWR | os.O_APPEND, nil, "old text one +"},
		{"another appends", os.O_RDWR | os.O_APPEND, func(f *os.File) {
			other, _ := os.OpenFile(f.Name(), os.O_WRONLY|os.O_APPEND, 0)
			other.WriteString("other")
			other.Close()
		}, "old text one two threeother+"},
	} {
		t.Run(row.name, func(t *testing.T) {
			name := filepath.Join(t.TempDir(), "out")
			if err := os.WriteFile(name, []byte("old text "), 0o600); err != nil {
				t.Fatal(err)
			}
			f, err := os.OpenFile(name, row.flag, 0)
			if err != nil {
				t.Fatal(err)
			}
			defer f.Close()
			f.Seek(4, io.SeekStart)
			o := NewGate().NewOutput(f).(*Output)
			o.Begin()
			o.Write([]byte("one "))
			o.End()
			if err := o.TakeBack(); err != nil { // the message has ended
				t.Fatal(err)
			}
			o.Begin()
			o.Write([]byte("two "))
			o.Write([]byte("three"))
			if row.more != nil {
				row.more(f)
			}
			if err := o.TakeBack(); err != nil {
				t.Fatal(err)
			}
			o.Write([]byte("+"))
			if got, _ := os.ReadFile(name); string(got) != row.want {
				t.Errorf("%q, want %q", got, row.want)
			}
		})
	}
}
