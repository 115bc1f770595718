package commands

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

// listenOn accepts connections at an address.
func listenOn(a address) (net.Listener, error) {
	if a.network == "unix" {
		return listenUnix(a.path)
	}
	network := "tcp"
	if ip := net.ParseIP(a.host); ip.To4() != nil { // else 0.0.0.0 takes IPv6 too
		network = "tcp4"
	}
	return net.Listen(network, a.target())
}

// A dialer connects to an address.
type dialer struct {
	to      address
	timeout time.Duration // for one attempt
	retry   time.Duration // how long to go on trying
	secure  *tlsSettings  // nil for plain connections
	failed  func(error)   // told of each attempt that is followed by another
}

// dial connects, and tries again while the time for it lasts.
func (d dialer) dial(ctx context.Context) (net.Conn, error) {
	if d.to.network == "unix" {
		if err := checkSocketPath(d.to.path); err != nil {
			return nil, err
		}
	}
	end := time.Now().Add(d.retry)
	for pause := 20 * time.Millisecond; ; pause = min(2*pause, time.Second) {
		c, err := d.once(ctx)
		if err == nil || ctx.Err() != nil || !passes(err) || time.Until(end) <= 0 {
			return c, err
		}
		d.failed(err)
		select {
		case <-time.After(min(pause, time.Until(end))):
		case <-ctx.Done():
			return nil, err
		}
	}
}

func (d dialer) once(ctx context.Context) (net.Conn, error) {
	if d.timeout > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, d.timeout)
		defer cancel()
	}
	what := "no connection"
	c, err := d.connect(ctx)
	if err == nil && d.secure != nil {
		what = noHandshake
		c, err = d.secure.client(ctx, c)
	}
	if isRefused(err) && d.to.network == "unix" {
		err = refusal(d.to.path, err)
	}
	var late net.Error
	if d.timeout > 0 && errors.As(err, &late) && late.Timeout() {
		err = &timeoutError{"--connect-timeout", d.timeout, what}
	}
	return c, err
}

// connect waits for a place in the queue of a unix socket, as the system does for TCP.
func (d dialer) connect(ctx context.Context) (net.Conn, error) {
	for {
		c, err := new(net.Dialer).DialContext(ctx, d.to.network, d.to.target())
		if !isBusy(err) || d.to.network != "unix" {
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
