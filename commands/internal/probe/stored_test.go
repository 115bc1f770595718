package probe

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// A store keeps the lines that receivers store.
type store struct {
	mu   sync.Mutex
	text string
}

func (s *store) add(payload []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.text += fmt.Sprintf("%s\n", payload)
}

func (s *store) read(context.Context) (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text, nil
}

// readsPayload reads frames, and calls use with each payload. With one read, it takes the first read of a payload
// for all of it.
func readsPayload(nc net.Conn, oneRead bool, use func([]byte)) {
	reading(nc, func(b []byte) (used int) {
		for n := whole(b); n > 0; n = whole(b[used:]) {
			use(b[used+4 : used+n])
			used += n
		}
		if rest := b[used:]; oneRead && len(rest) > 4 {
			use(rest[4:])
			return len(b)
		}
		return used
	})
}

// Peers that never reply are judged by what they have stored.
func TestStores(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name, fails, ignore string
		serve               func(s *store, nc net.Conn)
		oracle              Oracle
	}{
		{name: "correct", oracle: Stored, serve: func(s *store, nc net.Conn) { readsPayload(nc, false, s.add) }},
		{name: "correct: stores late", oracle: Stored, serve: func(s *store, nc net.Conn) {
			readsPayload(nc, false, func(b []byte) {
				time.Sleep(300 * time.Millisecond)
				s.add(b)
			})
		}},
		{name: "correct: stores when the connection ends", oracle: Stored, serve: func(s *store, nc net.Conn) {
			var all [][]byte
			readsPayload(nc, false, func(b []byte) { all = append(all, []byte(string(b))) })
			for _, b := range all {
				s.add(b)
			}
		}},
		{name: "correct: with the time", ignore: "/^at [^ ]*/", oracle: Stored, serve: func(s *store, nc net.Conn) {
			readsPayload(nc, false, func(b []byte) { s.add(fmt.Appendf(nil, "at %d %s", time.Now().UnixNano(), b)) })
		}},
		{name: "correct: replies too", oracle: Equal, serve: func(s *store, nc net.Conn) {
			readsPayload(nc, false, func(b []byte) { s.add(b); nc.Write(u32(b)) })
		}},
		{name: "payload assumed whole", fails: "split bytes slow", oracle: Stored, serve: func(s *store, nc net.Conn) { readsPayload(nc, true, s.add) }},
		{name: "replies right, but stores what one read gives", fails: "split bytes slow", oracle: AsMany, serve: func(s *store, nc net.Conn) {
			var mu sync.Mutex
			replies := 0
			readsPayload(nc, true, func(b []byte) {
				mu.Lock()
				defer mu.Unlock()
				replies++
				s.add(b)
				nc.Write(u32(fmt.Append(nil, time.Now().UnixNano())))
			})
		}},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				kept := new(store)
				r := receiver{name: row.name, fails: row.fails, serve: func(_ *zoo, nc net.Conn) { row.serve(kept, nc) }}
				p := r.inMemory()
				p.Stored = kept.read
				o := r.options(t, p)
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

// A command that cannot be used makes the reference INCONCLUSIVE, and shows why.
func TestStoredIsUseless(t *testing.T) {
	t.Parallel()
	n := 0
	for _, row := range []struct {
		stored func(context.Context) (string, error)
		want   string
	}{
		{func(context.Context) (string, error) { return "", errors.New("exit status 1: cat: x: No such file") }, "--exec-oracle: exit status 1: cat: x: No such file"},
		{func(context.Context) (string, error) { return "", nil }, "--exec-oracle printed nothing new after the messages"},
		{func(context.Context) (string, error) { return "other\n", nil }, "--exec-oracle printed nothing new after the messages"},
		{func(context.Context) (string, error) { n++; return fmt.Sprintln(n), nil }, "--exec-oracle: its output does not stop changing"},
	} {
		synctest.Test(t, func(t *testing.T) {
			r := receiver{serve: func(_ *zoo, nc net.Conn) { readsPayload(nc, false, func([]byte) {}) }}
			p := r.inMemory()
			p.Stored = row.stored
			s, err := Run(t.Context(), r.options(t, p))
			if err != nil {
				t.Fatal(err)
			}
			if got := s.Results[0]; got.Verdict != Inconclusive || !strings.HasPrefix(got.Reason, row.want) || got.Hint == "" {
				t.Errorf("%s %s (%s), want %s", got.Verdict, got.Reason, got.Hint, row.want)
			}
		})
	}
}

// A command ends with the read of its output, and so does what it has started.
func TestStorage(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	os.WriteFile(file, []byte("a\nb\n"), 0o600)
	read := func(ctx context.Context, command string) string {
		text, err := (&Storage{Command: command, Env: os.Environ()}).Read(ctx)
		return fmt.Sprint(text, err)
	}
	for _, row := range []struct{ command, want string }{
		{"cat " + file, "a\nb\n<nil>"},
		{"echo out; echo why >&2; exit 3", "exit status 3: why"},
		{"exit 3", "exit status 3"},
	} {
		if got := read(t.Context(), row.command); got != row.want {
			t.Errorf("%s: %s, want %s", row.command, got, row.want)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(20*time.Millisecond, cancel)
	if got := read(ctx, "sleep 60 & sleep 60"); got != "context canceled" {
		t.Errorf("%s after ctx has ended", got)
	}
}
