package link

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
)

// A tlsConn reports errCut if the connection ends without close_notify, the TLS message that
// ends a stream. Package tls does not: a connection that ends between two records is io.EOF
// for it.
type tlsConn struct {
	*tls.Conn
	wire *eofRecorder
}

var errCut = errors.New("the connection ended without close_notify: data may be missing")

// errHandshakeClosed replaces both an end of the stream and a reset during the handshake:
// whether a peer that closes has read all that we sent is chance.
var errHandshakeClosed = errors.New("the peer closed the connection during the TLS handshake")

func (c *tlsConn) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	if err == io.EOF && c.wire.ended || err == io.ErrUnexpectedEOF {
		err = errCut
	}
	return n, err
}

// An eofRecorder records that a connection has ended.
type eofRecorder struct {
	net.Conn
	ended bool
}

func (w *eofRecorder) Read(p []byte) (int, error) {
	n, err := w.Conn.Read(p)
	if err == io.EOF {
		w.ended = true
	}
	return n, err
}

// NoHandshake is What of the TimeoutError of a handshake.
const NoHandshake = "no TLS handshake"

// client returns a connection that we made, with TLS on it.
func (s *TLS) client(ctx context.Context, c net.Conn) (net.Conn, error) {
	return s.handshake(ctx, c, tls.Client)
}

// Server returns a connection that we accepted, with TLS on it. It closes c if that fails.
func (s *TLS) Server(ctx context.Context, c net.Conn) (net.Conn, error) {
	return s.handshake(ctx, c, tls.Server)
}

func (s *TLS) handshake(ctx context.Context, c net.Conn, side func(net.Conn, *tls.Config) *tls.Conn) (net.Conn, error) {
	w := &eofRecorder{Conn: c}
	t := &tlsConn{side(w, s.Config), w}
	if err := t.HandshakeContext(ctx); err != nil {
		c.Close()
		if err == io.EOF || err == io.ErrUnexpectedEOF || isReset(err) {
			err = errHandshakeClosed
		}
		return nil, err
	}
	return t, nil
}

// SpeaksTLS reports whether the peer of a new connection answers a TLS handshake. It closes the connection.
func SpeaksTLS(ctx context.Context, nc net.Conn) bool {
	defer nc.Close()
	err := tls.Client(nc, &tls.Config{InsecureSkipVerify: true}).HandshakeContext(ctx) // nothing is sent after it
	var e *net.OpError
	return err == nil || errors.As(err, &e) && e.Op == "remote error" // an alert
}

// TLSHints returns what to try after a failed handshake. Prefix is what the names of the flags for
// this side begin with.
func TLSHints(err error, listening bool, prefix string) []string {
	var unknown x509.UnknownAuthorityError
	var name x509.HostnameError
	var late *TimeoutError
	switch {
	case errors.As(err, &late) && late.What == NoHandshake && !listening:
		return []string{"the peer may not speak TLS"}
	case errors.As(err, &unknown) && listening:
		return []string{"to trust the authority that signed it, use --" + prefix + "client-ca FILE"}
	case errors.As(err, &unknown):
		return []string{"to trust the authority that signed it, use --" + prefix + "ca FILE"}
	case errors.As(err, &name):
		return []string{"to expect another name, use --" + prefix + "server-name NAME"}
	}
	return nil
}
