package commands

import (
	"io"
	"os"
	"strings"
	"testing"

	"github.com/creack/pty"
	"golang.org/x/term"
)

// serialPort returns the two ends of a pseudoterminal in raw mode, which carries bytes as a
// serial port does: what is written to one end can be read at the other.
func serialPort(t *testing.T) (far, port *os.File) {
	t.Helper()
	far, port, err := pty.Open()
	if err != nil {
		t.Skip("this system has no terminals: ", err)
	}
	t.Cleanup(func() { far.Close(); port.Close() })
	if _, err := term.MakeRaw(int(port.Fd())); err != nil {
		t.Fatal(err)
	}
	return far, port
}

// Frames and payloads are written to a serial port as they are, without colours.
func TestToSerialPort(t *testing.T) {
	for _, row := range []struct {
		args  []string
		stdin string
		want  string
	}{
		{[]string{"encode", "-f", "slip"}, "a\x1b[2J\n", "\xc0a\x1b[2J\xc0"},
		{[]string{"encode", "-f", "u16be"}, "hi\n", "\x00\x02hi"},
		{[]string{"decode", "-f", "u8", "-o", "raw"}, "\x03\x1b[m", "\x1b[m"},
		{[]string{"decode", "-f", "u8", "-o", "nul"}, "\x02hi", "hi\x00"},
		{[]string{"decode", "-f", "u8"}, "\x03\x1b[m", "\x1b[m\n"},
		{[]string{"inspect", "-f", "u8"}, "\x02hi", "00000000 [02|68 69                                         .hi               #0 payload 2\n1 frame, 3 bytes, payload 2 bytes (66.7%)\n"},
	} {
		far, port := serialPort(t)
		errs := tempFile(t, "")
		status := Run(testEnv(tempFile(t, row.stdin), port, errs).with(append([]string{"framecat"}, row.args...)))
		got := make([]byte, len(row.want))
		io.ReadFull(far, got)
		if text, _ := os.ReadFile(errs.Name()); status != 0 || string(got) != row.want || len(text) > 0 {
			t.Errorf("%q: %q, status %d, %s; want %q", row.args, got, status, text, row.want)
		}
	}
}

// What a serial port sends is shown as it comes, also after a frame that cannot be read.
func TestInspectSerialPort(t *testing.T) {
	far, port := serialPort(t)
	out, errs := tempFile(t, ""), tempFile(t, "")
	in, err := os.Open(port.Name())
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan int)
	go func() {
		ended <- Run(testEnv(in, out, errs).with([]string{"framecat", "inspect", "-f", "netstring", port.Name()}))
	}()
	for _, step := range []struct{ sent, shown string }{
		{"2:hi,", "00000000 [32 3a|68 69/2c "},
		{"\x06\x15", "00000005 !06 15 "},
		{"abc", "00000007  61 62 63 "},
		{"0", "0000000a  30 "},
	} {
		io.WriteString(far, step.sent)
		eventually(t, step.shown, func() bool {
			b, _ := os.ReadFile(out.Name())
			return strings.Contains(string(b), step.shown)
		})
	}
	in.Close()
	port.Close()
	far.Close() // the line breaks: the device answers with an error
	if status := <-ended; status == 0 {
		t.Error("status 0")
	}
}
