package link

import (
	"testing"
	"time"
)

// The memory of the process at the other end is known. Here that is this process, or a child of it.
func TestPeerMemory(t *testing.T) {
	t.Parallel()
	for _, network := range []string{"tcp4", "unix"} {
		near, _ := unreadPair(t, network)
		var memory func() Memory
		for end := time.Now().Add(10 * time.Second); memory == nil && time.Now().Before(end); time.Sleep(time.Millisecond) {
			memory = PeerMemory(near)
		}
		if memory == nil {
			t.Fatal(network, "the process is not found")
		}
		if m := memory(); m.Now < 1<<20 || m.Peak < 1<<20 || m.Reserved < m.Peak {
			t.Errorf("%s: %+v", network, m)
		}
	}
	p, err := startConn(Shell("cat"), "")
	if err != nil {
		t.Fatal(err)
	}
	memory := PeerMemory(p)
	for end := time.Now().Add(10 * time.Second); memory().Peak < 100<<10; time.Sleep(time.Millisecond) { // it starts
		if time.Now().After(end) {
			t.Fatalf("process: %+v", memory())
		}
	}
	p.Close()
	<-p.ended
	memory() // may be unknown, but nothing of another process
}

// A process that waits is not busy, and one that loops is.
func TestPeerBusy(t *testing.T) {
	t.Parallel()
	for command, want := range map[string]bool{"cat": false, "while :; do :; done": true} {
		p, err := startConn(Shell(command), "")
		if err != nil {
			t.Fatal(err)
		}
		busy := PeerBusy(p)
		for end := time.Now().Add(10 * time.Second); busy() != want; time.Sleep(time.Millisecond) { // it starts
			if time.Now().After(end) {
				t.Errorf("%s: got %t", command, !want)
				break
			}
		}
		Reset(p)
		p.Close()
		<-p.ended // otherwise the loop can go on after the tests
	}
}
