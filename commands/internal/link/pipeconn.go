package link

import (
	"errors"
	"io"
	"net"
	"os"
	"sync"
	"time"
)

// A pipeConn is a connection that reads one file and writes another, such as two pipes.
type pipeConn struct {
	in       readEnd
	out      writeEnd
	addr     pipeAddr
	closeOut func() error
}

// A readEnd is where a pipeConn reads.
type readEnd interface {
	io.ReadCloser
	SetReadDeadline(time.Time) error
}

// A writeEnd is where a pipeConn writes.
type writeEnd interface {
	io.WriteCloser
	SetWriteDeadline(time.Time) error
}

// A pipeAddr is the address of both ends of a pipeConn, as it is written on the command line.
type pipeAddr string

func (pipeAddr) Network() string  { return "pipe" }
func (a pipeAddr) String() string { return string(a) }

func newPipeConn(in readEnd, out writeEnd, addr string) *pipeConn {
	if in.SetReadDeadline(time.Time{}) != nil {
		in = newPatientReader(in)
	}
	if out.SetWriteDeadline(time.Time{}) != nil {
		out = newPatientWriter(out)
	}
	return &pipeConn{in, out, pipeAddr(addr), sync.OnceValue(out.Close)}
}

func (c *pipeConn) Read(b []byte) (int, error) {
	n, err := c.in.Read(b)
	return n, closedByUs(err)
}

func (c *pipeConn) Write(b []byte) (int, error) {
	n, err := c.out.Write(b)
	return n, closedByUs(err)
}

// closedByUs returns the error of package net for a file that we have closed.
func closedByUs(err error) error {
	if errors.Is(err, os.ErrClosed) || errors.Is(err, io.ErrClosedPipe) {
		return net.ErrClosed
	}
	return err
}

// CloseWrite ends what we write: the peer reads the end of its input.
func (c *pipeConn) CloseWrite() error { return c.closeOut() }

func (c *pipeConn) Close() error {
	c.closeOut()
	return c.in.Close()
}

func (c *pipeConn) LocalAddr() net.Addr                { return c.addr }
func (c *pipeConn) RemoteAddr() net.Addr               { return c.addr }
func (c *pipeConn) SetReadDeadline(t time.Time) error  { return c.in.SetReadDeadline(t) }
func (c *pipeConn) SetWriteDeadline(t time.Time) error { return c.out.SetWriteDeadline(t) }

func (c *pipeConn) SetDeadline(t time.Time) error {
	return errors.Join(c.SetReadDeadline(t), c.SetWriteDeadline(t))
}

// Standard input and output are most often files that have no deadlines: a read or write cannot be
// interrupted. Such files are used in a goroutine of their own, at the far end of a pipe in memory
// whose near end has deadlines. If the file blocks, the goroutine lasts as long as the program.

// A patientReader reads a file that has no deadlines.
type patientReader struct {
	net.Conn         // the near end
	file     readEnd // read at the far end
	err      error   // of reading the file; set before the far end is closed
}

func newPatientReader(file readEnd) *patientReader {
	near, far := net.Pipe()
	r := &patientReader{Conn: near, file: file}
	go func() {
		_, r.err = io.Copy(far, file)
		far.Close()
	}()
	return r
}

func (r *patientReader) Read(b []byte) (int, error) {
	n, err := r.Conn.Read(b)
	if err == io.EOF && r.err != nil {
		err = r.err
	}
	return n, err
}

func (r *patientReader) Close() error {
	r.Conn.Close()
	return r.file.Close()
}

// A patientWriter writes a file that has no deadlines.
type patientWriter struct {
	net.Conn               // the near end
	file     writeEnd      // written at the far end
	ended    chan struct{} // closed when nothing more can be written
	err      error         // of writing the file; set before ended is closed
}

func newPatientWriter(file writeEnd) *patientWriter {
	near, far := net.Pipe()
	w := &patientWriter{Conn: near, file: file, ended: make(chan struct{})}
	go func() {
		_, w.err = io.Copy(file, far)
		close(w.ended)
		far.Close()
	}()
	return w
}

// Write returns when the bytes are written to the file.
func (w *patientWriter) Write(b []byte) (int, error) {
	n, err := w.Conn.Write(b)
	if err == nil {
		_, err = w.Conn.Write(nil) // waits until the far end reads again
	}
	if err == io.ErrClosedPipe {
		select {
		case <-w.ended:
			if w.err != nil {
				return 0, w.err
			}
		default:
		}
	}
	return n, err
}

func (w *patientWriter) Close() error {
	w.Conn.Close()
	return w.file.Close()
}
