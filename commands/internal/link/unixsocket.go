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

// A unixListener removes its socket file when it is closed, unless the file has been replaced
// by another.
type unixListener struct {
	*net.UnixListener
	path    string
	created fs.FileInfo
}

// listenUnix listens on a Unix socket that only its owner may connect to. It replaces a
// socket on which no program listens, and no other file.
func listenUnix(path string) (net.Listener, error) {
	if err := checkSocketPath(path); err != nil {
		return nil, err
	}
	if path[0] == '@' { // on Linux, a name without a file
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
	created, err := os.Lstat(path)
	if err != nil {
		l.Close()
		return nil, err
	}
	return &unixListener{u, path, created}, nil
}

func (l *unixListener) Close() error {
	err := l.UnixListener.Close()
	if now, stat := os.Lstat(l.path); stat == nil && os.SameFile(now, l.created) {
		os.Remove(l.path)
	}
	return err
}

// checkSocketPath returns an error for a path that is too long; the system's error would be
// only "invalid argument".
func checkSocketPath(path string) error {
	limit := 107
	if runtime.GOOS != "linux" {
		limit = 103
	}
	if len(path) > limit {
		return fmt.Errorf("the path has %d bytes, but the path of a socket can have at most %d", len(path), limit)
	}
	return nil
}

// removeStale removes a socket on which no program listens any more.
func removeStale(path string) error {
	was, err := os.Lstat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	if was.Mode()&fs.ModeSocket == 0 {
		return errors.New("the file exists and is not a socket; it is not replaced")
	}
	c, err := net.DialTimeout("unix", path, time.Second)
	if err == nil {
		c.Close()
	}
	if err == nil || isBusy(err) {
		return errors.New("another program already listens on this socket")
	}
	if !isRefused(err) {
		return err
	}
	if now, err := os.Lstat(path); err == nil && os.SameFile(was, now) {
		return os.Remove(path)
	}
	return nil
}
