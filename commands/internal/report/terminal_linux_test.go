package report

import (
	"testing"

	"github.com/creack/pty"
	"golang.org/x/term"
)

// A terminal is a screen unless its device is a serial port, or a pseudoterminal in raw mode.
func TestShowsBytes(t *testing.T) {
	for _, row := range []struct {
		name         string
		major, minor uint32
		raw, want    bool
	}{
		{"/dev/pts/3", 136, 3, false, true},
		{"/dev/pts/3 in raw mode", 136, 3, true, false},
		{"the last of /dev/pts", 143, 255, false, true},
		{"/dev/tty1", 4, 1, false, true},
		{"/dev/tty1 in raw mode", 4, 1, true, true},
		{"/dev/ttyS0", 4, 64, false, false},
		{"/dev/ttyS0 in raw mode", 4, 64, true, false},
		{"/dev/tty", 5, 0, false, true},
		{"/dev/console in raw mode", 5, 1, true, true},
		{"/dev/ttyUSB0", 188, 0, false, false},
		{"/dev/ttyUSB0 in raw mode", 188, 0, true, false},
		{"/dev/ttyACM0", 166, 0, false, false},
		{"/dev/ttyAMA0", 204, 64, true, false},
	} {
		if got := showsBytes(row.major, row.minor, row.raw); got != row.want {
			t.Errorf("%s: %t, want %t", row.name, got, row.want)
		}
	}
}

// A pseudoterminal is a terminal while it is in the mode in which it is opened.
func TestIsTerminal(t *testing.T) {
	master, tty, err := pty.Open()
	if err != nil {
		t.Skip("this system has no terminals: ", err)
	}
	defer master.Close()
	defer tty.Close()
	if !IsTerminal(tty) {
		t.Error("a pseudoterminal is no terminal")
	}
	was, err := term.MakeRaw(int(tty.Fd()))
	if err != nil {
		t.Fatal(err)
	}
	if IsTerminal(tty) {
		t.Error("in raw mode it is a terminal")
	}
	if err := term.Restore(int(tty.Fd()), was); err != nil || !IsTerminal(tty) {
		t.Errorf("after raw mode it is no terminal, %v", err)
	}
	if IsTerminal(nil) {
		t.Error("no file is a terminal")
	}
}
