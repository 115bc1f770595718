// Package relay passes bytes between two programs, as framecat tap does: between the clients
// and the server of a network connection, or between our own standard input and output and
// those of a process. Bytes are passed on as they are and in order; so are ends and resets. A
// Copier, which the caller may give, changes bytes on purpose.
//
// Start with Run for connections, and with RunProcess for a process. Both may have watchers:
// functions that take a capture.Event for each read. Each watcher has a bounded queue
// of its own. What a watcher does never delays or changes a byte: if it is too slow, it misses
// events, which are counted.
//
// The package knows nothing of frames.
package relay

import (
	"fmt"
	"time"

	"framecat/commands/internal/capture"
	"framecat/commands/internal/report"
)

const (
	// lastTime is how long the last bytes may take at the end, for a peer whose other side was reset.
	lastTime = time.Second

	// stuckTime is how long a watcher may work at one event at the end, before it is given up: on a busy
	// machine the search for a framing takes longer than a second.
	stuckTime = 3 * time.Second
)

// A Watcher sees what is relayed. Its functions are called from one goroutine.
type Watcher struct {
	Take func(capture.Event) // takes each event, in order
	Idle func()              // is called when there is no more to take for now; may be nil
	Over func() bool         // reports, after Take, that it needs no more events; may be nil
}

// Totals count what was relayed.
type Totals struct {
	Connections int64
	Bytes       [2]int64 // read from the client or standard input, and from the other side
	Missed      []Missed // what each watcher did not get
}

// A Missed counts the events of bytes that a watcher did not get, and the bytes in them, by their
// direction. After the watcher was over, only bytes are counted.
type Missed struct{ Events, Bytes [2]int64 }

// Text formats the bytes that were relayed; ascii is for locales without UTF-8.
func (t Totals) Text(ascii bool) string {
	there, back := "→", "←"
	if ascii {
		there, back = ">", "<"
	}
	return fmt.Sprintf("%s %s, %s %s", report.Count(t.Bytes[0], "byte"), there, report.Count(t.Bytes[1], "byte"), back)
}
