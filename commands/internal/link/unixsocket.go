package link

import (
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"runtime"
	"time"
)

// A unixListener removes its socket when it is closed, unless another file has taken
// its place.
type unixListener struct {
	*net.UnixListener
	path string
	born fs.FileInfo
}

// ListenUnix makes a unix socket that only its owner may connect to. A socket on which
// nobody answers is replaced, and nothing else ever is.
func ListenUnix(path string) (net.Listener, error) {
	if err := checkSocketPath(path); err != nil {
		return nil, err
	}
	if path[0] == '@' { // Linux: a name without a file
		return net.Listen("unix", path)
	}
	if err := removeStale(path); err != nil {
		return nil, err
	}
	l, err := listenPrivate(path)
	if err != nil {
		return nil, err
	}
	u := l.(*net.UnixListener)
	u.SetUnlinkOnClose(false)
	born, err := os.Lstat(path)
	if err != nil {
		l.Close()
		return nil, err
	}
	return &unixListener{u, path, born}, nil
}

func (l *unixListener) Close() error {
	err := l.UnixListener.Close()
	if now, stat := os.Lstat(l.path); stat == nil && os.SameFile(now, l.born) {
		os.Remove(l.path)
	}
	return err
}

// checkSocketPath says what the system's "invalid argument" does not.
func checkSocketPath(path string) error {
	limit := 107
	if runtime.GOOS != "linux" {
		limit = 103
	}
	if len(path) > limit {
		return fmt.Errorf("the path has %d bytes, and that of a socket at most %d", len(path), limit)
	}
	return nil
}

// removeStale removes a socket that a program left behind.
func removeStale(path string) error {
	was, err := os.Lstat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	if was.Mode()&fs.ModeSocket == 0 {
		return errors.New("the file is there and is no socket: it stays as it is")
	}
	c, err := net.DialTimeout("unix", path, time.Second)
	if err == nil {
		c.Close()
	}
	if err == nil || isBusy(err) {
		return errors.New("a program listens there already")
	}
	if !isRefused(err) {
		return err
	}
	if now, err := os.Lstat(path); err == nil && os.SameFile(was, now) {
		return os.Remove(path)
	}
	return nil
}
