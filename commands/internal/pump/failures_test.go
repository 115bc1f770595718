package pump

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"
	"syscall"
	"testing"

	"framecat/commands/internal/capture"
	"framecat/commands/internal/link"
	"framecat/commands/internal/report"
)

// Trouble with an input is a failure of that input, with the status of what it is.
func TestInputFailure(t *testing.T) {
	usage := report.Usage("as it is")
	for _, row := range []struct {
		err    error
		status int
		text   string
	}{
		{usage, report.StatusUsage, "as it is"},
		{fmt.Errorf("wrapped: %w", usage), report.StatusUsage, "as it is"},
		{&capture.SyntaxError{Line: 3, Detail: "odd"}, report.StatusMalformed, "line 3: odd"},
		{&capture.Gap{Offset: 1, Bytes: 2}, report.StatusMalformed, "the capture lost 2 bytes here"},
		{&fs.PathError{Op: "read", Path: "/x", Err: syscall.EIO}, report.StatusIO, "input/output error"},
		{io.ErrUnexpectedEOF, report.StatusIO, "the file became shorter while it was read"},
	} {
		if f := InputFailure(row.err); f.Status != row.status || f.Text != row.text || IsFatal(f) {
			t.Errorf("%v: status %d, %q, fatal %t; want %d, %q", row.err, f.Status, f.Text, f.Fatal, row.status, row.text)
		}
	}
}

// Trouble with an output ends the run, and names what failed: the output, a file of it, or
// the peer, with what to try.
func TestOutputFailure(t *testing.T) {
	for _, row := range []struct {
		err     error
		printed string
	}{
		{report.ErrDone, ""},
		{fmt.Errorf("wrapped: %w", report.ErrDone), ""},
		{syscall.ENOSPC, "framecat: standard output: no space left on device\n"},
		{&fs.PathError{Op: "write", Path: "/dev/stdout", Err: syscall.ENOSPC}, "framecat: standard output: no space left on device\n"},
		{&fs.PathError{Op: "open", Path: "/out/000001.bin", Err: fs.ErrExist}, "framecat: /out/000001.bin: file already exists\nframecat: hint: choose another directory for -o dir:, or remove what an earlier run wrote to this one\n"},
		{&link.PeerError{Name: "conn 1", Err: syscall.ECONNRESET, Hints: []string{"try again"}}, "framecat: conn 1: connection reset by peer\nframecat: hint: try again\n"},
	} {
		var printed strings.Builder
		r := &report.Reporter{W: &printed, Marks: report.NewStyle(false), Clear: func() {}}
		err := OutputFailure(r, "standard output", row.err)
		if printed.String() != row.printed {
			t.Errorf("%v: printed %q, want %q", row.err, &printed, row.printed)
		}
		var f *report.Failure
		if row.printed == "" && err != report.ErrDone || row.printed != "" && !(errors.As(err, &f) && f.Status == report.StatusIO && f.Reported && IsFatal(err) && r.Status == report.StatusIO) {
			t.Errorf("%v: returned %+v, status %d", row.err, err, r.Status)
		}
	}
}
