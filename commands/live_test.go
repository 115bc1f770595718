package commands

import (
	"os"
	"strings"
	"testing"
)

// A live stream is shown as soon as its framing is known, and goes on.
func TestInspectLive(t *testing.T) {
	in, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	out := tempFile(t, "")
	e := testEnv(in, out, tempFile(t, ""))
	e.Args = []string{"framecat", "inspect", "-f", "auto"}
	ended := make(chan int)
	go func() {
		ended <- Run(e)
	}()
	shows := func(text string) {
		t.Helper()
		eventually(t, text, func() bool {
			b, _ := os.ReadFile(out.Name())
			return strings.Contains(string(b), text)
		})
	}
	w.WriteString("5:hello,3:bye,5:world,7:goodbye,5:again,")
	shows("netstring      48        5         0")
	shows("leftover  so far\n")
	shows("5:again,          #4 payload 5\n")
	w.WriteString("2:hi,")
	shows("2:hi,             #5 payload 2\n")
	w.Close()
	if status := <-ended; status != 0 {
		t.Errorf("status %d", status)
	}
	shows("6 frames, 45 bytes")
}
