package commands

import (
	"os"
	"slices"
	"syscall"
	"testing"
	"testing/synctest"
	"time"
)

// The same signal twice within a moment is one request. A different or a later signal is
// another request.
func TestMergeSignals(t *testing.T) {
	const term, int, later = syscall.SIGTERM, syscall.SIGINT, syscall.Signal(0)
	for _, row := range []struct{ came, want []os.Signal }{
		{[]os.Signal{term}, []os.Signal{term}},
		{[]os.Signal{term, term}, []os.Signal{term}},
		{[]os.Signal{term, term, term}, []os.Signal{term}},
		{[]os.Signal{term, int}, []os.Signal{term, int}},
		{[]os.Signal{int, later, int}, []os.Signal{int, int}},
		{[]os.Signal{term, term, later, term, term}, []os.Signal{term, term}},
	} {
		synctest.Test(t, func(t *testing.T) {
			came, merged := make(chan os.Signal), make(chan os.Signal, 9)
			go func() {
				mergeSignals(came, merged)
				close(merged)
			}()
			for _, s := range row.came {
				if s == later {
					time.Sleep(sameSignal)
					continue
				}
				came <- s
			}
			close(came)
			var got []os.Signal
			for s := range merged {
				got = append(got, s)
			}
			if !slices.Equal(got, row.want) {
				t.Errorf("%v is passed on as %v, want %v", row.came, got, row.want)
			}
		})
	}
}
