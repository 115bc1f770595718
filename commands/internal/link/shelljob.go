package link

import (
	"errors"
	"os/exec"
	"sync"
	"time"
)

// A ShellJob is a shell command that runs in a process group of its own. What it has started ends with it.
type ShellJob struct {
	*exec.Cmd
	Ended <-chan struct{} // closed when neither it nor what it has started runs any more

	err   error
	mu    sync.Mutex
	ended bool // guarded by mu: its number may belong to another process
}

// NewShellJob returns a job that is not started.
func NewShellJob(command string) *ShellJob {
	cmd := Shell(command)
	cmd.WaitDelay = time.Second // another process may have our end of a pipe
	OwnGroup(cmd)
	return &ShellJob{Cmd: cmd}
}

// Start starts the command.
func (j *ShellJob) Start() error {
	if err := j.Cmd.Start(); err != nil {
		return err
	}
	ended := make(chan struct{})
	j.Ended = ended
	go func() {
		if err := j.Cmd.Wait(); !errors.Is(err, exec.ErrWaitDelay) {
			j.err = err
		}
		j.mu.Lock()
		j.ended = true
		KillGroup(j.Process)
		j.mu.Unlock()
		close(ended)
	}()
	return nil
}

// Wait waits until the job has ended, and returns an *exec.ExitError if its status is not 0.
func (j *ShellJob) Wait() error {
	<-j.Ended
	return j.err
}

// Kill kills all that runs of the job. Any goroutine may call it.
func (j *ShellJob) Kill() {
	j.mu.Lock()
	defer j.mu.Unlock()
	if !j.ended {
		KillGroup(j.Process)
	}
}
