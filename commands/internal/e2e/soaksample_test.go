//go:build linux

package e2e

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
)

// A soakSample is what a server uses at one time.
type soakSample struct{ rss, fds, threads, goroutines, processes int }

// sample takes a sample. The number of goroutines is up to 100 ms old.
func (s *soak) sample() (v soakSample) {
	pid := s.l.cmd.Process.Pid
	text := must(os.ReadFile(fmt.Sprintf("/proc/%d/status", pid)))
	for name, to := range map[string]*int{"VmRSS:": &v.rss, "Threads:": &v.threads} {
		_, rest, _ := bytes.Cut(text, []byte(name))
		fmt.Sscan(string(rest), to)
	}
	v.fds = len(must(os.ReadDir(fmt.Sprintf("/proc/%d/fd", pid))))
	for _, name := range must(filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", pid))) {
		text, _ := os.ReadFile(name) // the thread may have ended
		v.processes += len(strings.Fields(string(text)))
	}
	v.goroutines, _ = strconv.Atoi(waitForFile(s.t, s.l.out+".goroutines", ""))
	return v
}

// start starts framecat. The messages that it prints are checked as they come.
func (s *soak) start(args []string) {
	dir := s.t.TempDir()
	l := &listener{t: s.t, out: filepath.Join(dir, "out"), ended: make(chan error, 1)}
	l.cmd = exec.Command("framecat", append(args, "--port-file", dir+"/address")...)
	l.cmd.Env = append(os.Environ(), goroutinesFile+"="+l.out+".goroutines")
	l.cmd.Stderr = nil // resets and cut frames are reported there: they are many
	if s.relay != nil {
		l.cmd.Stderr = s.relay.stderr
	}
	if s.prints {
		r, w, err := os.Pipe()
		if err != nil {
			s.t.Fatal(err)
		}
		l.cmd.Stdout = w
		defer w.Close()
		s.records = newSoakRecords(r, s.relay != nil, s.count)
	}
	if err := l.cmd.Start(); err != nil {
		s.t.Fatal(err)
	}
	go func() { l.ended <- l.cmd.Wait() }()
	s.t.Cleanup(func() { l.cmd.Process.Kill() })
	s.address = strings.TrimSpace(waitForFile(s.t, dir+"/address", "\n"))
	waitForFile(s.t, l.out+".goroutines", "")
	s.l = l
}
