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

// Listen returns a listener that accepts connections at an address, or the one connection that
// there is.
func Listen(a Address, own Files) (net.Listener, error) {
	switch {
	case a.Network == "unix":
		return listenUnix(a.path)
	case a.Once(true):
		c, err := Dialer{To: a, Files: own}.open()
		if err != nil {
			return nil, err
		}
		return newSingleListener(c), nil
	case a.Network == fdNetwork:
		return listenFD(a.fd())
	}
	network := "tcp"
	if ip := net.ParseIP(a.Host); ip.To4() != nil { // with "tcp", 0.0.0.0 would accept IPv6 too
		network = "tcp4"
	}
	return net.Listen(network, a.target())
}

// A Dialer connects to an address.
type Dialer struct {
	To      Address
	Command []string      // the words of the command of To, if it is run without a shell
	Files   Files         // our own
	Timeout time.Duration // for one attempt
	Retry   time.Duration // how long to keep trying
	Secure  *TLS          // nil for a connection without TLS
	Failed  func(error)   // called with the error of an attempt, before the next attempt
}

// Dial connects. If the peer may only be starting, it tries again until Retry has passed.
func (d Dialer) Dial(ctx context.Context) (net.Conn, error) {
	if d.To.Network == "unix" {
		if err := checkSocketPath(d.To.path); err != nil {
			return nil, err
		}
	}
	end := time.Now().Add(d.Retry)
	for pause := 20 * time.Millisecond; ; pause = min(2*pause, time.Second) {
		c, err := d.attempt(ctx)
		if err == nil || ctx.Err() != nil || !mayPass(err) || time.Until(end) <= 0 {
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

// attempt makes one attempt to connect.
func (d Dialer) attempt(ctx context.Context) (net.Conn, error) {
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

// connect connects without TLS. If the queue of a Unix socket is full it waits, as the system
// does for TCP.
func (d Dialer) connect(ctx context.Context) (net.Conn, error) {
	if d.To.isPipe() || d.To.Network == fdNetwork {
		return d.open()
	}
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

// mayPass reports whether a later attempt may succeed: the peer may only be starting.
func mayPass(err error) bool {
	var late net.Error
	var dns *net.DNSError
	if errors.As(err, &dns) {
		return dns.IsTemporary || dns.IsTimeout
	}
	return isRefused(err) || isReset(err) || errors.Is(err, errHandshakeClosed) || errors.Is(err, syscall.ENOENT) ||
		errors.Is(err, syscall.EHOSTUNREACH) || errors.Is(err, syscall.ENETUNREACH) ||
		errors.As(err, &late) && late.Timeout()
}

// refusal returns the error of a Unix socket that refuses connections, with the reason if it
// is known.
func refusal(path string, err error) error {
	info, stat := os.Stat(path)
	switch {
	case path[0] == '@' || stat != nil:
		return err
	case info.Mode()&fs.ModeSocket == 0:
		return errors.New("the file is not a socket")
	}
	return fmt.Errorf("%w: no program listens on this socket any more", syscall.ECONNREFUSED)
}

func isRefused(err error) bool {
	const onWindows = syscall.Errno(10061)
	return errors.Is(err, syscall.ECONNREFUSED) || errors.Is(err, onWindows)
}

// isBusy reports whether err is the error of a Unix socket whose queue is full.
func isBusy(err error) bool { return errors.Is(err, syscall.EAGAIN) }

func isReset(err error) bool {
	const onWindows = syscall.Errno(10054)
	return errors.Is(err, syscall.ECONNRESET) || errors.Is(err, onWindows)
}
