package relay

import (
	"errors"
	"io"
	"net"
	"sync/atomic"
	"syscall"
	"time"

	"framecat/commands/internal/link"
)

const (
	// firstBuffer is the buffer of a direction at first. It grows when a read fills it.
	firstBuffer = 4 << 10
	// bufferSize is the most that a direction holds.
	bufferSize = 64 << 10
	// pieceSize is how much is written at once with --idle-timeout, so that a peer that reads
	// slowly does not count as silent.
	pieceSize = 16 << 10
)

// A flow is one direction of a relay.
type flow struct {
	dir    int
	src    io.Reader
	dst    io.Writer
	stream *stream       // nil if nobody watches
	active *atomic.Int64 // when bytes last went, in Unix nanoseconds; nil without --idle-timeout
	bytes  atomic.Int64  // read from src
	copier Copier        // nil for a plain copy
}

// A copyError is the error that ended a flow.
type copyError struct {
	error
	writing bool // dst failed, not src
}

// copy passes bytes on until src ends. What is read is shown to the watchers before it is
// written. If much comes that no watcher can take, the kernel copies.
func (f *flow) copy() *copyError {
	if f.copier != nil {
		return f.copyWith()
	}
	splices := f.active == nil && canSplice(f.src, f.dst)
	if f.stream == nil && splices {
		return f.splice(f.src)
	}
	buf := make([]byte, firstBuffer)
	for {
		n, err := f.src.Read(buf)
		if n > 0 {
			f.read(buf[:n])
			if err := f.write(buf[:n]); err != nil {
				return &copyError{err, true}
			}
		}
		switch {
		case err == io.EOF:
			return nil
		case err != nil:
			return &copyError{err, false}
		case n < len(buf):
		case n < bufferSize:
			buf = make([]byte, 4*n)
		case splices && f.stream != nil:
			if err, over := f.unseen(); err != nil || over {
				return err
			}
		}
	}
}

// unseen passes on what no watcher can take: if there may be one later, only what waits to be
// read. Over means that src has ended.
func (f *flow) unseen() (err *copyError, over bool) {
	switch now, ever := f.stream.unseen(); {
	case ever:
		return f.splice(f.src), true
	case now:
		return f.splice(io.LimitReader(f.src, int64(link.Waiting(f.src.(net.Conn))))), false
	}
	return nil, false
}

// read counts bytes that were read, and shows them to the watchers.
func (f *flow) read(b []byte) {
	f.bytes.Add(int64(len(b)))
	if f.stream != nil && len(b) > 0 {
		f.stream.bytes(f.dir, b)
	}
}

// write writes what was read.
func (f *flow) write(b []byte) error {
	if f.active == nil {
		_, err := f.dst.Write(b)
		return err
	}
	f.active.Store(time.Now().UnixNano())
	for len(b) > 0 {
		n, err := f.dst.Write(b[:min(len(b), pieceSize)])
		f.active.Store(time.Now().UnixNano())
		if err != nil {
			return err
		}
		b = b[n:]
	}
	return nil
}

// canSplice reports whether io.Copy lets the kernel copy between two sockets, on Linux.
func canSplice(src io.Reader, dst io.Writer) bool {
	_, fromTCP := src.(*net.TCPConn)
	_, fromUnix := src.(*net.UnixConn)
	_, toTCP := dst.(*net.TCPConn)
	_, toUnix := dst.(*net.UnixConn)
	return toTCP && (fromTCP || fromUnix) || fromTCP && toUnix
}

// splice lets the kernel copy from one socket to another. From is src, or the start of what it
// sends.
func (f *flow) splice(from io.Reader) *copyError {
	n, err := io.Copy(f.dst, from)
	if f.bytes.Add(n); f.stream != nil && n > 0 {
		f.stream.drop(f.dir, n)
	}
	if err == nil {
		return nil
	}
	var op *net.OpError
	src, dst := f.src.(net.Conn), f.dst.(net.Conn)
	switch {
	case errors.Is(err, syscall.EPIPE), errors.As(err, &op) && op.Op == "write":
		return &copyError{err, true}
	case op != nil && op.Op == "read":
		return &copyError{err, false}
	}
	return &copyError{err, link.IsBroken(dst) && !link.IsBroken(src)} // the error does not name its side
}
