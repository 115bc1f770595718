package probe

import (
	"fmt"
	"net"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"

	"framecat/commands/internal/compare"
	"framecat/framing"
)

// ignoring returns a Comparer that ignores what the words name.
func ignoring(t *testing.T, f framing.Framing, words ...string) *compare.Comparer {
	t.Helper()
	g, err := compare.Read(words)
	if err != nil {
		t.Fatal(err)
	}
	c, err := g.For(f, framing.EntryOf(f))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// The replies have an id that counts on, over all connections: other faults are found only if it is
// ignored.
func TestIgnore(t *testing.T) {
	t.Parallel()
	// The fault: a message that is cut inside a character is answered with a broken text.
	serve := func(broken bool) func(*zoo, net.Conn) {
		var id atomic.Int64
		return func(_ *zoo, nc net.Conn) {
			cut := false
			reading(nc, func(b []byte) (used int) {
				for n := whole(b); n > 0; n = whole(b[used:]) {
					text := strings.ToValidUTF8(string(b[used+4:used+n]), "")
					if cut && broken {
						text = "?"
					}
					nc.Write(u32(fmt.Appendf(nil, `{"id":%d,"text":%q}`, 90+id.Add(1), text)))
					used += n
				}
				cut = len(b) > used
				return used
			})
		}
	}
	for _, row := range []struct {
		name, fails, ignore string
		broken              bool
		oracle              Oracle
	}{
		{name: "correct", oracle: AsMany},
		{name: "correct", ignore: ".id", oracle: Equal},
		{name: "correct", ignore: "/[0-9]+/", oracle: Equal},
		{name: "broken", oracle: AsMany, broken: true},
		{name: "broken", ignore: ".id", oracle: Equal, broken: true, fails: "split bytes slow merge header-then-wait"},
	} {
		t.Run(row.name+" "+row.ignore, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				r := receiver{name: row.name, fails: row.fails, serve: serve(row.broken)}
				o := r.options(t, r.inMemory())
				if row.ignore != "" {
					o.Compare = ignoring(t, o.Theirs, row.ignore)
				}
				s, err := Run(t.Context(), o)
				if err != nil {
					t.Fatal(err)
				}
				r.check(t, s)
				if s.Oracle != row.oracle {
					t.Errorf("judged by %s, want %s", s.Oracle, row.oracle)
				}
			})
		})
	}
}
