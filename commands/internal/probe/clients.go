package probe

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"slices"
	"sync"
	"time"

	"framecat/commands/internal/link"
	"framecat/commands/internal/report"
)

// Clients are the connections that a client makes to us, one for each case.
type Clients struct {
	Run    string        // starts a client; "" is none: the next connection is awaited
	Env    []string      // of Run
	Stderr *os.File      // of Run
	Wait   time.Duration // for a connection

	conns chan net.Conn

	mu     sync.Mutex
	failed error // of the last TLS handshake
}

// A client is one connection, and the process that has made it.
type client struct {
	net.Conn
	cmd    *exec.Cmd // nil without Run
	output printed
	ended  chan struct{}
}

// printed keeps what a process prints: the start of it, and how much more there was.
type printed struct {
	most  int // bytes that are kept
	start []byte
	more  int64
}

// mostPrinted is how many bytes are kept of what a client prints.
const mostPrinted = 1 << 20

func (p *printed) Write(b []byte) (int, error) {
	n := min(len(b), p.most-len(p.start))
	p.start = append(p.start, b[:n]...)
	p.more += int64(len(b) - n)
	return len(b), nil
}

func (p *printed) String() string {
	if p.more == 0 {
		return string(p.start)
	}
	return fmt.Sprintf("%s… and %d more bytes", p.start, p.more)
}

// Serve accepts connections until the listener is closed. Secure is nil for connections without TLS.
func (k *Clients) Serve(l net.Listener, secure *link.TLS) {
	k.conns = make(chan net.Conn, 16)
	go func() {
		for {
			nc, err := l.Accept()
			if err != nil {
				return
			}
			if secure == nil {
				k.offer(nc)
				continue
			}
			go k.shake(nc, secure)
		}
	}()
}

// shake offers a connection after its TLS handshake.
func (k *Clients) shake(nc net.Conn, secure *link.TLS) {
	ctx, cancel := context.WithTimeout(context.Background(), shakeWait)
	defer cancel()
	t, err := secure.Server(ctx, nc)
	if err == nil {
		k.offer(t)
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	k.failed = err
}

// shakeWait is how long a client may take for the TLS handshake.
const shakeWait = 10 * time.Second

// offer passes on a connection, unless too many wait.
func (k *Clients) offer(nc net.Conn) {
	select {
	case k.conns <- nc:
	default:
		nc.Close()
	}
}

// refused adds to an error why a TLS handshake failed.
func (k *Clients) refused(err error) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.failed != nil {
		err = fmt.Errorf("%w; the TLS handshake failed: %w", err, k.failed)
	}
	return err
}

// Accept returns the connection of a case: that of a new process, or else the next one.
func (k *Clients) Accept(ctx context.Context) (net.Conn, error) {
	c := &client{output: printed{most: mostPrinted}}
	if k.Run != "" {
		if err := k.start(c); err != nil {
			return nil, err
		}
	}
	timer := time.NewTimer(k.Wait)
	defer timer.Stop()
	err := errors.New("no client has connected within " + k.Wait.String())
	select {
	case c.Conn = <-k.conns:
		return c, nil
	case <-c.ended:
		select {
		case c.Conn = <-k.conns:
			return c, nil
		case <-time.After(noticeWait):
		}
		err = errors.New("the client did not connect")
		if end := c.cmd.ProcessState.String(); end != "" {
			err = fmt.Errorf("the client ended without a connection: %s", end)
		}
	case <-timer.C:
		if k.Run != "" {
			err = slowStart(k.Wait)
		}
	case <-ctx.Done():
	}
	c.kill()
	return nil, k.refused(err)
}

// A slowStart is the error of a client that runs and has not connected within this time. The machine may be
// slow, so it does not show that the case before has broken anything.
type slowStart time.Duration

func (s slowStart) Error() string {
	return "the client has not connected within " + time.Duration(s).String()
}

// start starts a client. Connections that another one has left are closed.
func (k *Clients) start(c *client) error {
	for len(k.conns) > 0 {
		(<-k.conns).Close()
	}
	c.cmd, c.ended = link.Shell(k.Run), make(chan struct{})
	c.cmd.Env, c.cmd.Stdout, c.cmd.Stderr, c.cmd.WaitDelay = k.Env, &c.output, k.Stderr, time.Second
	link.OwnGroup(c.cmd)
	if err := c.cmd.Start(); err != nil {
		return fmt.Errorf("--run: %s", report.Reason(err))
	}
	go func() {
		c.cmd.Wait()
		close(c.ended)
	}()
	return nil
}

// kill ends the process, if there is one.
func (c *client) kill() {
	if c.cmd != nil {
		link.KillGroup(c.cmd.Process)
		<-c.ended
	}
}

// leave notes how the client has ended: what it has printed, and its status.
func (p *playing) leave(c *client, end End) {
	if end == Reset {
		p.Reset(c)
	} else {
		p.hangUp(c, p.in)
	}
	if c.cmd == nil {
		return
	}
	select {
	case <-c.ended:
	case <-time.After(exitWait):
		p.out.stuck = true
	}
	c.kill()
	p.out.ran, p.out.output = true, c.output.String()
	if state := c.cmd.ProcessState; !p.out.stuck && !state.Success() {
		p.out.exit = &exec.ExitError{ProcessState: state}
	}
}

// Conn returns the connection of a client, for what depends on the system.
func Conn(nc net.Conn) net.Conn {
	if c, ok := nc.(*client); ok {
		return c.Conn
	}
	return nc
}

// clientCases returns the cases in which our replies to a client are cut. All replies are sent in each
// of them, so that the client can go on. Ahead is how many messages the client sends before it has a
// reply: only so many replies can be merged.
func (p *Plan) clientCases(ahead int) (list []Case) {
	n := len(p.Messages)
	cut := func(id, place string, m, offset int, pieces [][]byte, gap time.Duration) {
		c := Case{ID: id, Place: place, Count: n, Offset: offset, Cut: &p.Messages[m]}
		for i := range p.Messages {
			if i != m {
				c.add(p.Messages[i].Frame, Pause{Sent: i + 1})
				continue
			}
			for k, b := range pieces {
				pause := Pause{Time: gap}
				if k == len(pieces)-1 {
					pause = Pause{Sent: i + 1}
				}
				c.add(b, pause)
			}
		}
		list = append(list, c)
	}
	for _, s := range p.splits() {
		m := 0
		for &p.Messages[m] != s.Cut {
			m++
		}
		cut(s.ID, s.Place, m, s.Offset, s.Writes[m:], 0)
	}
	bytes := Case{ID: "bytes", Place: "one byte per write", Count: n}
	for i, m := range p.Messages {
		bytes.addBytes(m.Frame)
		bytes.Pauses[len(bytes.Pauses)-1].Sent = i + 1
	}
	list = append(list, bytes)
	if ahead >= 2 {
		for _, c := range p.merges(p.joined()) {
			if c.ID == "merge/2" || ahead >= n {
				list = append(list, c)
			}
		}
	}
	first := &p.Messages[0]
	if at := first.headerEnd(); at > 0 && at < len(first.Frame) {
		cut("header-then-wait", "after the header, with a pause", 0, at, [][]byte{first.Frame[:at], first.Frame[at:]}, longPause)
	}
	var single [][]byte
	for i := range first.Frame {
		single = append(single, first.Frame[i:i+1])
	}
	cut("slow", "one byte every 20 ms", 0, 0, single, slowPause)
	return slices.Concat(list, p.ends(), p.malformed())
}
