package link

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"syscall"
	"time"
)

// Listen accepts connections at an address.
func Listen(a Address) (net.Listener, error) {
	if a.Network == "unix" {
		return ListenUnix(a.path)
	}
	network := "tcp"
	if ip := net.ParseIP(a.Host); ip.To4() != nil { // else 0.0.0.0 takes IPv6 too
		network = "tcp4"
	}
	return net.Listen(network, a.target())
}

// A Dialer connects to an address.
type Dialer struct {
	To      Address
	Timeout time.Duration // for one attempt
	Retry   time.Duration // how long to go on trying
	Secure  *TLS          // nil for plain connections
	Failed  func(error)   // told of each attempt that is followed by another
}

// Dial connects, and tries again while the time for it lasts.
func (d Dialer) Dial(ctx context.Context) (net.Conn, error) {
	if d.To.Network == "unix" {
		if err := checkSocketPath(d.To.path); err != nil {
			return nil, err
		}
	}
	end := time.Now().Add(d.Retry)
	for pause := 20 * time.Millisecond; ; pause = min(2*pause, time.Second) {
		c, err := d.once(ctx)
		if err == nil || ctx.Err() != nil || !passes(err) || time.Until(end) <= 0 {
			return c, err
		}
		d.Failed(err)
		select {
		case <-time.After(min(pause, time.Until(end))):
		case <-ctx.Done():
			return nil, err
		}
	}
}

func (d Dialer) once(ctx context.Context) (net.Conn, error) {
	if d.Timeout > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, d.Timeout)
		defer cancel()
	}
	what := "no connection"
	c, err := d.connect(ctx)
	if err == nil && d.Secure != nil {
		what = NoHandshake
		c, err = d.Secure.client(ctx, c)
	}
	if isRefused(err) && d.To.Network == "unix" {
		err = refusal(d.To.path, err)
	}
	var late net.Error
	if d.Timeout > 0 && errors.As(err, &late) && late.Timeout() {
		err = &TimeoutError{"--connect-timeout", d.Timeout, what}
	}
	return c, err
}

// connect waits for a place in the queue of a unix socket, as the system does for TCP.
func (d Dialer) connect(ctx context.Context) (net.Conn, error) {
	for {
		c, err := new(net.Dialer).DialContext(ctx, d.To.Network, d.To.target())
		if !isBusy(err) || d.To.Network != "unix" {
			return c, err
		}
		select {
		case <-time.After(20 * time.Millisecond):
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

// passes says whether another attempt may fare better: the peer may only be starting.
func passes(err error) bool {
	var late net.Error
	var dns *net.DNSError
	if errors.As(err, &dns) {
		return dns.IsTemporary || dns.IsTimeout
	}
	return isRefused(err) || errors.Is(err, syscall.ENOENT) || errors.Is(err, syscall.ECONNRESET) ||
		errors.Is(err, syscall.EHOSTUNREACH) || errors.Is(err, syscall.ENETUNREACH) ||
		errors.As(err, &late) && late.Timeout()
}

// refusal says why a unix socket that is there refuses.
func refusal(path string, err error) error {
	info, stat := os.Stat(path)
	switch {
	case path[0] == '@' || stat != nil:
		return err
	case info.Mode()&fs.ModeSocket == 0:
		return errors.New("that is no socket")
	}
	return fmt.Errorf("%w: no program listens there any more", syscall.ECONNREFUSED)
}

func isRefused(err error) bool {
	const onWindows = syscall.Errno(10061)
	return errors.Is(err, syscall.ECONNREFUSED) || errors.Is(err, onWindows)
}

// isBusy says whether err is that of a unix socket whose queue is full.
func isBusy(err error) bool { return errors.Is(err, syscall.EAGAIN) }
