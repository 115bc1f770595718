package link

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
)

// A tlsConn tells the end of the stream from a connection that was cut. A peer that has
// sent all says so with close_notify; package tls takes a bare end of the connection
// between two records for the same.
type tlsConn struct {
	*tls.Conn
	wire *endWatch
}

var errCut = errors.New("the connection was cut without close_notify: something may be missing")

func (c *tlsConn) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	if err == io.EOF && c.wire.ended || err == io.ErrUnexpectedEOF {
		err = errCut
	}
	return n, err
}

// An endWatch notes the end of a connection.
type endWatch struct {
	net.Conn
	ended bool
}

func (w *endWatch) Read(p []byte) (int, error) {
	n, err := w.Conn.Read(p)
	if err == io.EOF {
		w.ended = true
	}
	return n, err
}

// NoHandshake is what did not happen in time.
const NoHandshake = "no TLS handshake"

// client makes a connection secure that was made to a server.
func (s *TLS) client(ctx context.Context, c net.Conn) (net.Conn, error) {
	return s.shake(ctx, c, tls.Client)
}

// Server makes a connection secure that was accepted.
func (s *TLS) Server(ctx context.Context, c net.Conn) (net.Conn, error) {
	return s.shake(ctx, c, tls.Server)
}

func (s *TLS) shake(ctx context.Context, c net.Conn, side func(net.Conn, *tls.Config) *tls.Conn) (net.Conn, error) {
	w := &endWatch{Conn: c}
	t := &tlsConn{side(w, s.Config), w}
	if err := t.HandshakeContext(ctx); err != nil {
		c.Close()
		if err == io.EOF || err == io.ErrUnexpectedEOF {
			err = errors.New("the peer closed the connection in the TLS handshake")
		}
		return nil, err
	}
	return t, nil
}

// TLSHints tells what to try after a failed handshake, listening or not.
func TLSHints(err error, listening bool) []string {
	var unknown x509.UnknownAuthorityError
	var name x509.HostnameError
	var late *TimeoutError
	switch {
	case errors.As(err, &late) && late.What == NoHandshake && !listening:
		return []string{"the peer may not speak TLS"}
	case errors.As(err, &unknown) && listening:
		return []string{"--client-ca FILE trusts the authority that signed it"}
	case errors.As(err, &unknown):
		return []string{"--ca FILE trusts the authority that signed it"}
	case errors.As(err, &name):
		return []string{"--server-name NAME expects another name"}
	}
	return nil
}
