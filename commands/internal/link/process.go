package link

import (
	"errors"
	"io"
	"io/fs"
	"net"
	"os"
	"os/exec"
	"sync"
	"syscall"
	"time"

	"framecat/commands/internal/report"
)

const (
	// closeTime is how long a process may go on after its connection was closed.
	closeTime = 5 * time.Second
	// killTime is how long a process may go on after it was asked to end.
	killTime = 500 * time.Millisecond
)

// Start starts a command in a process group of its own. It returns our ends of its standard input
// and output.
func Start(cmd *exec.Cmd) (in, out *os.File, err error) {
	theirIn, in, err := os.Pipe()
	if err != nil {
		return nil, nil, err
	}
	defer theirIn.Close()
	out, theirOut, err := os.Pipe()
	if err != nil {
		in.Close()
		return nil, nil, err
	}
	defer theirOut.Close()
	cmd.Stdin, cmd.Stdout = theirIn, theirOut
	OwnGroup(cmd)
	if err = cmd.Start(); err != nil {
		in.Close()
		out.Close()
		return nil, nil, err
	}
	return in, out, nil
}

// NotRun returns the failure of a command that could not be started, with the status of shells.
func NotRun(command string, err error) *report.Failure {
	if errors.Is(err, exec.ErrNotFound) || errors.Is(err, fs.ErrNotExist) {
		return &report.Failure{Status: report.StatusNotFound, Text: command + ": there is no such command"}
	}
	return &report.Failure{Status: report.StatusNotRun, Text: command + ": " + report.Reason(err)}
}

// A processConn is the connection to a process: its standard input and output. If the process ends
// with a status other than 0, Read and Write return that as an *exec.ExitError.
type processConn struct {
	*pipeConn
	cmd    *exec.Cmd
	closed func()
	gone   chan struct{} // closed when we have closed the connection
	ended  chan struct{} // closed when the process has ended
	status error         // set before ended is closed

	life   sync.Mutex
	reaped bool // it has ended: its process number may be that of another process
}

// startConn starts a command, and returns the connection to it.
func startConn(cmd *exec.Cmd, addr string) (*processConn, error) {
	in, out, err := Start(cmd)
	if err != nil {
		return nil, err
	}
	output := NewOutput(out)
	p := &processConn{pipeConn: newPipeConn(output, in, addr), cmd: cmd, gone: make(chan struct{}), ended: make(chan struct{})}
	p.closed = sync.OnceFunc(func() { close(p.gone) })
	go func() {
		p.status = cmd.Wait()
		p.life.Lock()
		p.reaped = true
		KillGroup(cmd.Process) // what it has started
		p.life.Unlock()
		close(p.ended)
		output.Ended()
	}()
	return p, nil
}

func (p *processConn) Read(b []byte) (int, error) {
	n, err := p.pipeConn.Read(b)
	if err == io.EOF {
		err = p.reason(err)
	}
	return n, err
}

func (p *processConn) Write(b []byte) (int, error) {
	n, err := p.pipeConn.Write(b)
	if errors.Is(err, syscall.EPIPE) {
		err = p.reason(err)
	}
	return n, err
}

// reason returns the status of a process that has closed a pipe, most likely because it has ended.
// If it goes on, or its status is 0, reason returns err.
func (p *processConn) reason(err error) error {
	select {
	case <-p.ended:
		if p.status != nil {
			return p.status
		}
	case <-p.gone:
		return net.ErrClosed
	case <-time.After(reapTime):
	}
	return err
}

// Close closes the connection. If the process does not end by itself, it is ended after closeTime.
func (p *processConn) Close() error { return p.end(closeTime) }

// end closes the connection, and ends the process after the given time.
func (p *processConn) end(grace time.Duration) error {
	p.closed()
	go func() {
		for _, step := range []struct {
			after time.Duration
			end   func(*os.Process)
		}{{grace, EndGroup}, {killTime, KillGroup}} {
			select {
			case <-p.ended:
				return
			case <-time.After(step.after):
			}
			p.life.Lock()
			if !p.reaped {
				step.end(p.cmd.Process)
			}
			p.life.Unlock()
		}
	}()
	return p.pipeConn.Close()
}

// Await waits until the process at the other end of a connection that was closed has ended. It
// returns at once if there is none.
func Await(nc net.Conn) {
	if p, ok := nc.(*processConn); ok {
		<-p.ended
	}
}

// Exit returns a channel that is closed when the process at the other end of a connection has
// ended, and a function that then returns its *exec.ExitError, or nil. The channel is nil if there
// is no process.
func Exit(nc net.Conn) (ended <-chan struct{}, status func() error) {
	if p, ok := nc.(*processConn); ok {
		return p.ended, func() error { return p.status }
	}
	return nil, nil
}
