package pump

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"framecat/commands/internal/formats"
	"framecat/commands/internal/report"
	"framecat/framing"
)

// A keeper is a sink that keeps its messages as index:payload, and a bar for each flush.
type keeper struct {
	text   strings.Builder
	silent bool   // take frames without a message too
	unfit  string // the message that does not fit
	full   error  // the error of every write; nil if writes succeed
}

func (k *keeper) String() string { return k.text.String() }

func (k *keeper) TakesSilent() bool { return k.silent }

func (k *keeper) Write(b *framing.Batch, o formats.Origin) (int, error) {
	for i := range b.Frames {
		f := b.Frame(i)
		switch payload := string(f.Payload); {
		case k.full != nil:
			return i, k.full
		case payload == k.unfit && payload != "":
			return i, fmt.Errorf("%q: %w", payload, framing.ErrPayload)
		default:
			fmt.Fprintf(&k.text, "%d:%s ", o.Index+int64(i), payload)
		}
	}
	return len(b.Frames), nil
}

func (k *keeper) Flush() error {
	k.text.WriteString("| ")
	return k.full
}

// batchOf returns a batch of messages.
func batchOf(t *testing.T, messages ...string) *framing.Batch {
	t.Helper()
	f, err := framing.Parse("u8")
	if err != nil {
		t.Fatal(err)
	}
	var wire []byte
	for _, m := range messages {
		if wire, err = f.Append(wire, framing.Marks{}, []byte(m)); err != nil {
			t.Fatal(err)
		}
	}
	b, err := framing.NewReader(strings.NewReader(string(wire)), f).NextBatch()
	if err != nil {
		t.Fatal(err)
	}
	return &b
}

func ended(o *Output) bool {
	select {
	case <-o.Ended:
		return true
	default:
		return false
	}
}

// The messages of all connections are numbered in the order in which they are taken; -n counts
// them together. Each batch comes from another connection.
func TestOutput(t *testing.T) {
	for _, row := range []struct {
		left    int64
		quiet   bool
		unfit   string
		batches string // a word is a batch, a letter a message
		out     string
		took    string // how many of each batch were taken, and the message that ended it
		ended   bool
	}{
		{NoLimit, false, "", "ab c d", "0:a 1:b 2:c 3:d ", "2 1 1", false},
		{4, false, "", "ab c d", "0:a 1:b 2:c 3:d | ", "2 1 1-done", true},
		{3, false, "", "ab cd e", "0:a 1:b 2:c | ", "2 1-done 0-done", true},
		{2, false, "", "ab c", "0:a 1:b | ", "2-done 0-done", true},
		{1, false, "", "abc", "0:a | ", "1-done", true},
		{0, false, "", "a", "", "0-done", true},
		{NoLimit, true, "", "ab c", "", "2 1", false},
		{2, true, "", "abc d", "| ", "2-done 0-done", true},

		// After a message that does not fit, other connections go on.
		{NoLimit, false, "x", "axb c", "0:a 1:c ", "1-unfit 1", false},
		{2, false, "x", "ax bc", "0:a 1:b | ", "1-unfit 1-done", true},
		{NoLimit, true, "x", "axb c", "", "3 1", false},
	} {
		k := &keeper{unfit: row.unfit}
		o := NewOutput(k, row.left, row.quiet)
		counted := 0
		o.OnTaken = func(n int) { counted += n }
		var took []string
		total := 0
		for _, word := range strings.Fields(row.batches) {
			n, err := o.write(batchOf(t, strings.Split(word, "")...), formats.Origin{Index: 99}, nil)
			total += n
			text := fmt.Sprint(n)
			switch {
			case errors.Is(err, report.ErrDone):
				text += "-done"
			case errors.Is(err, framing.ErrPayload):
				text += "-unfit"
			case err != nil:
				text += err.Error()
			}
			took = append(took, text)
		}
		if got := strings.Join(took, " "); k.String() != row.out || got != row.took || ended(o) != row.ended || counted != total {
			t.Errorf("%s with -n %d, quiet %t: wrote %q, took %q (%d were counted), ended %t; want %q, %q, %t",
				row.batches, row.left, row.quiet, k, got, counted, ended(o), row.out, row.took, row.ended)
		}
	}
}

// Frames without a message are printed only if the sink shows them. They always count.
func TestOutputSilent(t *testing.T) {
	for _, row := range []struct {
		shows bool
		want  string
	}{{true, "0:a 1: 2:b | "}, {false, "0:a 1:b | "}} {
		k := &keeper{silent: row.shows}
		o := NewOutput(k, 3, false)
		silent := batchOf(t, "")
		silent.Silent = true
		o.write(batchOf(t, "a"), formats.Origin{}, nil)
		if n, err := o.write(silent, formats.Origin{}, nil); n != 1 || err != nil {
			t.Errorf("%d were taken, %v", n, err)
		}
		if n, err := o.write(batchOf(t, "b", "c"), formats.Origin{}, nil); n != 1 || err != report.ErrDone {
			t.Errorf("%d were taken, %v", n, err)
		}
		if k.String() != row.want {
			t.Errorf("a sink that shows silent frames: %t: wrote %q, want %q", row.shows, k, row.want)
		}
	}
}

// After the sink has failed, nothing more is written to it, every connection gets ErrDone, and
// the failure is reported once.
func TestOutputFails(t *testing.T) {
	for name, use := range map[string]func(o *Output) error{
		"write": func(o *Output) error {
			_, err := o.write(batchOf(t, "b"), formats.Origin{}, nil)
			return err
		},
		"flush": (*Output).flush,
	} {
		k := new(keeper)
		o := NewOutput(k, NoLimit, false)
		if _, err := o.write(batchOf(t, "a"), formats.Origin{}, nil); err != nil {
			t.Fatal(err)
		}
		k.full = syscall.ENOSPC
		if err := use(o); err != report.ErrDone || !ended(o) {
			t.Errorf("%s: %v, ended %t", name, err, ended(o))
		}
		k.full = nil
		wrote := k.String()
		if n, err := o.write(batchOf(t, "c"), formats.Origin{}, nil); n != 0 || err != report.ErrDone {
			t.Errorf("%s: %d were taken after the failure, %v", name, n, err)
		}
		if err := o.flush(); err != report.ErrDone {
			t.Errorf("%s: a flush after the failure: %v", name, err)
		}
		if k.String() != wrote {
			t.Errorf("%s: %q was written after the failure", name, strings.TrimPrefix(k.String(), wrote))
		}
		var printed strings.Builder
		r := &report.Reporter{W: &printed, Marks: report.NewStyle(false), Clear: func() {}}
		var f *report.Failure
		if err := o.Failure(r, nil, nil, nil, nil, 0); !errors.As(err, &f) || f.Status != report.StatusIO || !f.Reported {
			t.Errorf("%s: the end is %v", name, err)
		}
		if want := "framecat: standard output: no space left on device\n"; printed.String() != want {
			t.Errorf("%s: printed %q, want %q", name, &printed, want)
		}
	}
}

// If the sink is blocked, a signal or --timeout ends the run. A run with a failure of its own
// does not wait for long.
func TestOutputFailureWaits(t *testing.T) {
	file, err := os.Create(filepath.Join(t.TempDir(), "out"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	for _, row := range []struct {
		name   string
		status error
		stuck  time.Duration // how long the last write takes
		signal time.Duration // 0 is none
		limit  time.Duration // of --timeout; 0 is none
		after  time.Duration // when the run ends
		want   int
		to     *os.File
	}{
		{"nothing is stuck", nil, 0, 0, 0, 0, 0, nil},
		{"nothing is stuck, and another failure", report.Usage("other"), 0, 0, 0, 0, report.StatusUsage, nil},
		{"stuck for a while", nil, time.Minute, 0, 0, time.Minute, 0, nil},
		{"stuck, another failure", report.Usage("other"), time.Minute, 0, 0, 500 * time.Millisecond, report.StatusUsage, nil},
		{"a slow file, another failure", report.Usage("other"), time.Minute, 0, 0, time.Minute, report.StatusUsage, file},
		{"a slow file, a second signal", report.Interrupted(syscall.SIGTERM), time.Minute, time.Second, 0, time.Second, 143, file},
		{"stuck, a signal", nil, time.Minute, time.Second, 0, time.Second, 143, nil},
		{"stuck, --timeout", nil, time.Minute, 0, 2 * time.Second, 2 * time.Second, report.StatusTimeout, nil},
	} {
		synctest.Test(t, func(t *testing.T) {
			began := time.Now()
			o := NewOutput(new(keeper), NoLimit, false)
			over := make(chan struct{}) // closed when all messages are written
			time.AfterFunc(row.stuck, func() { close(over) })
			signals, timeout := make(chan os.Signal, 1), make(<-chan time.Time)
			if row.signal > 0 {
				time.AfterFunc(row.signal, func() { signals <- syscall.SIGTERM })
			}
			if row.limit > 0 {
				timeout = time.After(row.limit)
			}
			err := o.Failure(&report.Reporter{System: report.System{Stdout: row.to}}, row.status, over, signals, timeout, row.limit)
			status := 0
			var f *report.Failure
			if errors.As(err, &f) {
				status = f.Status
			}
			if took := time.Since(began); status != row.want || took != row.after {
				t.Errorf("%s: %v after %s, want status %d after %s", row.name, err, took, row.want, row.after)
			}
			<-over
		})
	}
}

// Failure waits for a write that still runs, to see whether it fails.
func TestOutputFailureAfterOthers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		k := new(keeper)
		o := NewOutput(k, NoLimit, false)
		over := make(chan struct{})
		go func() {
			time.Sleep(time.Second)
			k.full = io.ErrShortWrite
			o.write(batchOf(t, "late"), formats.Origin{}, nil)
			close(over)
		}()
		r := &report.Reporter{W: io.Discard, Marks: report.NewStyle(false), Clear: func() {}}
		var f *report.Failure
		if err := o.Failure(r, nil, over, nil, nil, 0); !errors.As(err, &f) || f.Status != report.StatusIO {
			t.Errorf("the late failure is %v", err)
		}
	})
}
