// Package each runs a command for each message: its standard input is the payload, and its environment
// names the message. Some may run at once; what they print comes in the order of the messages.
//
// Start with New, which makes a sink for messages. Memory is bounded: a command whose turn has not come
// writes to a pipe, and waits when that is full.
package each

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"sync"
	"time"

	"framecat/commands/internal/formats"
	"framecat/commands/internal/interrupt"
	"framecat/commands/internal/link"
	"framecat/commands/internal/report"
	"framecat/framing"
)

// Options are the options of a Sink.
type Options struct {
	Command string            // of a shell
	Jobs    int               // how many run at once; at least 1
	Out     io.Writer         // takes what they print
	Stderr  *os.File          // is theirs, too
	Gate    *interrupt.Gate   // is left while a command is waited for; may be nil
	Failed  func(text string) // called with the end of each that fails
}

// A Sink runs a command for each message. It serves one goroutine at a time, except Stop.
type Sink struct {
	Options
	running chan struct{} // has an element for each process
	queue   chan *job     // in the order of the messages
	ended   chan struct{} // closed after the last message
	written chan struct{} // closed after the last output

	life    sync.Mutex
	stopped bool
	live    map[*job]bool

	failed int64 // how many; read after written is closed
	first  string
	err    error // of Out, or of a command that could not be started
}

// ahead is how many commands may have ended before the output of an earlier one is complete. Each
// keeps a pipe open.
const ahead = 32

// A job is a command that was started.
type job struct {
	*link.ShellJob
	index int64
	out   *os.File
}

// New returns a sink. Call Wait at the end.
func New(o Options) *Sink {
	s := &Sink{
		Options: o, running: make(chan struct{}, o.Jobs), queue: make(chan *job, ahead), ended: make(chan struct{}), written: make(chan struct{}),
		live: map[*job]bool{},
	}
	go s.writeAll()
	return s
}

// TakesSilent returns false: no command runs for a frame without a message.
func (s *Sink) TakesSilent() bool { return false }

// Several returns nil: the environment names the stream.
func (s *Sink) Several() error { return nil }

// Begin does nothing.
func (s *Sink) Begin(string, int64) {}

// Flush does nothing: each command is started at once.
func (s *Sink) Flush() error { return nil }

// Write starts a command for each message. It waits while Jobs of them run.
func (s *Sink) Write(b *framing.Batch, o formats.Origin) (int, error) {
	for i := range b.Frames {
		f := b.Frame(i)
		if f.Silent {
			continue
		}
		s.Gate.Leave()
		s.running <- struct{}{}
		err := s.start(f, o)
		s.Gate.Enter()
		if err != nil {
			return i, err
		}
	}
	return len(b.Frames), nil
}

// start starts the command for a message.
func (s *Sink) start(f framing.Frame, o formats.Origin) error {
	j := &job{ShellJob: link.NewShellJob(s.Command), index: f.Index}
	err := s.launch(j, f, o)
	if err != nil {
		<-s.running
		return err
	}
	go func() {
		j.Wait()
		s.life.Lock()
		delete(s.live, j)
		s.life.Unlock()
		<-s.running
	}()
	s.queue <- j
	return nil
}

func (s *Sink) launch(j *job, f framing.Frame, o formats.Origin) error {
	s.life.Lock()
	defer s.life.Unlock()
	switch {
	case s.stopped && s.err != nil:
		return s.err
	case s.stopped:
		return report.ErrDone
	}
	out, w, err := os.Pipe()
	if err != nil {
		return err
	}
	defer w.Close()
	j.out = out
	j.Stdin, j.Stdout, j.Stderr = bytes.NewReader(bytes.Clone(f.Payload)), w, s.Stderr
	j.Env = append(os.Environ(), environment(f, o)...)
	if err := j.Start(); err != nil {
		out.Close()
		return &report.Failure{Status: report.StatusIO, Text: "--each: " + report.Reason(err), Fatal: true}
	}
	s.live[j] = true
	return nil
}

// writeAll writes what the commands print, one after another.
func (s *Sink) writeAll() {
	defer close(s.written)
	for {
		select {
		case j := <-s.queue:
			s.finish(j)
			continue
		case <-s.ended:
		}
		select {
		case j := <-s.queue:
			s.finish(j)
		default:
			return
		}
	}
}

// finish writes what a command prints, and notes how it ends.
func (s *Sink) finish(j *job) {
	go func() {
		j.Wait()
		j.out.SetReadDeadline(time.Now().Add(time.Second)) // what is in the pipe; nobody else should have it
	}()
	s.copy(j)
	j.out.Close()
	err := j.Wait()
	if err == nil {
		return
	}
	text := fmt.Sprintf("message %d: --each: %v", j.index, err)
	if s.failed++; s.failed == 1 {
		s.first = text
	}
	s.Failed(text)
}

// copy copies what a command prints. If that cannot be written, all are ended.
func (s *Sink) copy(j *job) {
	buf := make([]byte, 32<<10)
	for {
		n, err := j.out.Read(buf)
		if n > 0 {
			if _, err := s.Out.Write(buf[:n]); err != nil {
				s.stop(err)
				return
			}
		}
		if err != nil {
			return
		}
	}
}

// Stop ends all commands. No other is started. Any goroutine may call it.
func (s *Sink) Stop() { s.stop(nil) }

func (s *Sink) stop(err error) {
	s.life.Lock()
	defer s.life.Unlock()
	if s.stopped {
		return
	}
	s.stopped, s.err = true, err
	for j := range s.live {
		j.Kill()
	}
}

// Wait waits for all commands. It returns the error of Out, or a *report.Failure if commands have
// failed. A message that comes later, from a connection that is being ended, is not waited for.
func (s *Sink) Wait() error {
	close(s.ended)
	s.Gate.Leave()
	<-s.written
	s.Gate.Enter()
	switch {
	case s.err != nil:
		return s.err
	case s.failed == 0 || s.stopped:
		return nil
	case s.failed == 1:
		return &report.Failure{Status: report.StatusIO, Text: s.first}
	}
	return &report.Failure{Status: report.StatusIO, Text: fmt.Sprintf("%s, and %s", s.first, report.Count(s.failed-1, "more command")+" failed")}
}
