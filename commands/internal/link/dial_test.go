package link

import (
	"context"
	"errors"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// addressOf reads an address of one word.
func addressOf(t *testing.T, word string) Address {
	t.Helper()
	a, rest, err := ParseAddress([]string{word})
	if err != nil || len(rest) > 0 {
		t.Fatal(word, rest, err)
	}
	return a
}

// The address of a listener can be connected to; it includes the free port that was chosen.
func TestListenAndDial(t *testing.T) {
	socket := "unix:" + filepath.Join(t.TempDir(), "s")
	for _, row := range []struct{ listen, bound string }{
		{"0", "127.0.0.1:"},
		{"127.0.0.1:0", "127.0.0.1:"},
		{"0.0.0.0:0", "0.0.0.0:"},
		{socket, socket},
		{"unix:@framecat-test-" + filepath.Base(t.TempDir()) + "-" + time.Now().Format("150405.000000000"), "unix:@framecat-test-"},
	} {
		a := addressOf(t, row.listen)
		l, err := Listen(a, Files{})
		if err != nil {
			if strings.HasPrefix(row.listen, "unix:@") { // only Linux has names without a file
				continue
			}
			t.Fatal(err)
		}
		bound := a.Bound(l.Addr())
		if s := bound.String(); !strings.HasPrefix(s, row.bound) || strings.HasSuffix(s, ":0") {
			t.Errorf("%s listens at %s, want %s…", row.listen, s, row.bound)
		}
		again := addressOf(t, bound.String())
		c, err := Dialer{To: again}.Dial(context.Background())
		if err != nil {
			t.Errorf("%s: %v", again, err)
		} else {
			c.Close()
		}
		l.Close()
	}
	// An address includes its scope.
	zoned := Address{Network: "tcp", Port: "0"}.Bound(&net.TCPAddr{IP: net.ParseIP("fe80::1"), Port: 4, Zone: "eth0"})
	if zoned.String() != "[fe80::1%eth0]:4" {
		t.Errorf("with a scope: %s", zoned)
	}
}

// If the peer may only be starting, Dial tries again, with longer and longer pauses, until the
// peer is there or the time has passed. After other errors it does not try again.
func TestRetry(t *testing.T) {
	const closed = "127.0.0.1:1" // no other test takes this port
	dir := t.TempDir()
	file := filepath.Join(dir, "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, row := range []struct {
		name, address string
		retry         time.Duration
		tries         bool
		want          string
	}{
		{"nobody listens", closed, 0, false, "connection refused"},
		{"nobody listens, again", closed, 500 * ms, true, "connection refused"},
		{"no socket yet", "unix:" + filepath.Join(dir, "none"), 500 * ms, true, "no such file or directory"},
		{"a file", "unix:" + file, 0, false, "the file is not a socket"},
		{"a path that is too long", "unix:" + strings.Repeat("x", 200), 100 * ms, false, "200 bytes"},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			failed := 0
			began := time.Now()
			c, err := Dialer{To: addressOf(t, row.address), Retry: row.retry, Failed: func(error) { failed++ }}.Dial(context.Background())
			if c != nil || err == nil || !strings.Contains(err.Error(), row.want) {
				t.Errorf("%v, want %q", err, row.want)
			}
			if (failed > 0) != row.tries || row.tries && time.Since(began) < row.retry {
				t.Errorf("%d attempts were followed by another, in %s", failed, time.Since(began))
			}
		})
	}
	t.Run("it starts late", func(t *testing.T) {
		t.Parallel()
		path := filepath.Join(dir, "late")
		tried := make(chan bool, 100)
		go func() {
			<-tried
			l, err := listenUnix(path)
			if err != nil {
				t.Error(err)
				return
			}
			if c, err := l.Accept(); err == nil {
				c.Close()
			}
			l.Close()
		}()
		c, err := Dialer{To: Address{Network: "unix", path: path}, Retry: time.Minute, Failed: func(error) { tried <- true }}.Dial(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		c.Close()
	})
	t.Run("it is given up", func(t *testing.T) {
		t.Parallel()
		ctx, cancel := context.WithCancel(context.Background())
		began := time.Now()
		if _, err := (Dialer{To: addressOf(t, closed), Retry: time.Hour, Failed: func(error) { cancel() }}).Dial(ctx); err == nil || time.Since(began) > time.Minute {
			t.Errorf("%v after %s", err, time.Since(began))
		}
	})
}

// A socket without a listening program refuses connections, and the next listener replaces it.
// A file, or a socket in use, is not replaced.
func TestSocketFiles(t *testing.T) {
	dir := t.TempDir()
	stale, used, file, link := filepath.Join(dir, "stale"), filepath.Join(dir, "used"), filepath.Join(dir, "file"), filepath.Join(dir, "link")
	l, err := net.Listen("unix", stale)
	if err != nil {
		t.Fatal(err)
	}
	l.(*net.UnixListener).SetUnlinkOnClose(false)
	l.Close()
	inUse, err := listenUnix(used)
	if err != nil {
		t.Fatal(err)
	}
	defer inUse.Close()
	if err := os.WriteFile(file, []byte("precious"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(stale, link); err != nil {
		t.Fatal(err)
	}
	if _, err := (Dialer{To: Address{Network: "unix", path: stale}}).Dial(context.Background()); err == nil || !strings.Contains(err.Error(), "connection refused: no program listens on this socket") {
		t.Errorf("dialling a stale socket: %v", err)
	}
	for _, row := range []struct{ path, want string }{
		{stale, ""},
		{used, "another program already listens on this socket"},
		{file, "is not a socket"},
		{link, "is not a socket"},
		{dir, "is not a socket"},
		{filepath.Join(dir, strings.Repeat("x", 120)), "bytes"},
		{filepath.Join(dir, "none", "s"), "no such file or directory"},
	} {
		l, err := listenUnix(row.path)
		if row.want == "" {
			if err != nil {
				t.Errorf("%s: %v", row.path, err)
				continue
			}
			if info, err := os.Lstat(row.path); err != nil || info.Mode().Perm() != 0o600 {
				t.Errorf("%s: mode %v, %v", row.path, info.Mode(), err)
			}
			l.Close()
			if _, err := os.Lstat(row.path); err == nil {
				t.Errorf("%s still exists", row.path)
			}
			continue
		}
		if err == nil || !strings.Contains(err.Error(), row.want) {
			t.Errorf("%s: %v, want %q", row.path, err, row.want)
		}
	}
	if b, err := os.ReadFile(file); string(b) != "precious" {
		t.Errorf("the file holds %q, %v", b, err)
	}
	// A file that has replaced a socket is not removed.
	l, err = listenUnix(filepath.Join(dir, "s"))
	if err != nil {
		t.Fatal(err)
	}
	os.Remove(filepath.Join(dir, "s"))
	os.WriteFile(filepath.Join(dir, "s"), nil, 0o600)
	l.Close()
	if _, err := os.Lstat(filepath.Join(dir, "s")); err != nil {
		t.Error("what took the place of the socket is removed:", err)
	}
}

// loopback returns both ends of a connection over the loopback interface.
func loopback(t *testing.T, network string) (ours, theirs net.Conn) {
	t.Helper()
	address := "127.0.0.1:0"
	if network == "unix" {
		address = filepath.Join(t.TempDir(), "s")
	}
	l, err := net.Listen(network, address)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	if theirs, err = net.Dial(network, l.Addr().String()); err != nil {
		t.Fatal(err)
	}
	if ours, err = l.Accept(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { ours.Close(); theirs.Close() })
	return ours, theirs
}

// A peer that is still sending receives what was written before Close. After CloseWrite, the
// peer reads the end of the stream and may still send.
func TestClose(t *testing.T) {
	for _, network := range []string{"tcp", "unix"} {
		ours, theirs := loopback(t, network)
		c := NewConn(ours, 1, "", new(Options))
		io.WriteString(theirs, strings.Repeat("unread", 1000))
		if _, err := c.Write([]byte("last words")); err != nil {
			t.Fatal(err)
		}
		go c.Close(true)
		theirs.SetDeadline(time.Now().Add(20 * time.Second))
		if got, err := io.ReadAll(theirs); string(got) != "last words" || err != nil {
			t.Errorf("%s: the peer got %q, %v", network, got, err)
		}

		ours, theirs = loopback(t, network)
		c = NewConn(ours, 1, "", new(Options))
		c.Blocks = true
		if err := c.CloseWrite(); err != nil {
			t.Errorf("%s: %v", network, err)
		}
		if got, err := io.ReadAll(theirs); len(got) > 0 || err != nil {
			t.Errorf("%s: the peer got %q, %v", network, got, err)
		}
		go func() {
			io.WriteString(theirs, "a reply")
			theirs.Close()
		}()
		if got, err := io.ReadAll(c); string(got) != "a reply" || err != nil {
			t.Errorf("%s: %q came, %v", network, got, err)
		}
	}
}

// Deadlines are the same with sockets of the system: data, Drain, a deadline and a reset end the
// wait of a reader.
func TestGateDeadlines(t *testing.T) {
	for _, row := range []struct {
		name  string
		limit Deadlines
		does  func(c *Conn, peer *net.TCPConn)
		want  string
	}{
		{"data", Deadlines{}, func(_ *Conn, p *net.TCPConn) { io.WriteString(p, "\x01a"); p.Close() }, "EOF"},
		{"a deadline", Deadlines{Idle: 50 * ms}, func(*Conn, *net.TCPConn) {}, "nothing was received or sent within --idle-timeout 50ms"},
		{"a frame's deadline", Deadlines{Frame: 50 * ms}, func(_ *Conn, p *net.TCPConn) { io.WriteString(p, "\x05a") }, "not complete within --frame-timeout 50ms"},
		{"drain", Deadlines{}, func(c *Conn, _ *net.TCPConn) { c.Drain(time.Second) }, "done"},
		{"drain of a peer that goes on", Deadlines{}, func(c *Conn, p *net.TCPConn) {
			c.Drain(10 * time.Second)
			for {
				if _, err := p.Write(make([]byte, 64<<10)); err != nil {
					return
				}
			}
		}, "done"},
		{"a reset", Deadlines{}, func(_ *Conn, p *net.TCPConn) { p.SetLinger(0); p.Close() }, "connection reset by peer"},
		{"our end", Deadlines{}, func(c *Conn, _ *net.TCPConn) { c.Conn.Close() }, "done"},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			ours, theirs := loopback(t, "tcp")
			c := NewConn(ours, 1, "peer", &Options{Deadlines: row.limit})
			c.Blocks = true
			go func() {
				time.Sleep(20 * ms) // until the reader waits
				row.does(c, theirs.(*net.TCPConn))
			}()
			_, err := frames(t, c)
			if kind := kindOf(err); kind != row.want && !(strings.HasPrefix(kind, "peer: ") && strings.Contains(kind, row.want)) {
				t.Errorf("it ends with %q, want %q", kind, row.want)
			}
			if until, ok := c.Ending(); ok != strings.HasPrefix(row.name, "drain") || ok && time.Until(until) > 10*time.Second {
				t.Errorf("it is ending: %t, at %s", ok, until)
			}
		})
	}
}

// Without a limit, there is no alarm.
func TestAlarm(t *testing.T) {
	if Alarm(0) != nil {
		t.Error("there is an alarm for no limit")
	}
	select {
	case <-Alarm(time.Nanosecond):
	case <-time.After(20 * time.Second):
		t.Error("the alarm does not come")
	}
}

// A TimeoutError is a net.Error that reports a timeout.
func TestTimeoutError(t *testing.T) {
	var err error = &PeerError{Name: "peer", Err: &TimeoutError{Flag: "--connect-timeout", After: time.Second, What: "no connection"}}
	var late net.Error
	if !errors.As(err, &late) || !late.Timeout() || err.Error() != "peer: no connection within --connect-timeout 1s" {
		t.Error(err)
	}
}

// zeros reads zero bytes for ever.
type zeros struct{}

func (zeros) Read(p []byte) (int, error) { return len(p), nil }
