//go:build unix

package link

import (
	"os"

	"golang.org/x/sys/unix"
)

// readNow reads what is in a pipe, without waiting. It returns 0 if the pipe is empty.
func readNow(f *os.File, b []byte) (n int, err error) {
	raw, err := f.SyscallConn()
	if err != nil {
		return 0, err
	}
	control := raw.Control(func(fd uintptr) {
		for {
			if n, err = unix.Read(int(fd), b); err != unix.EINTR {
				return
			}
		}
	})
	switch {
	case control != nil:
		return 0, control
	case err == unix.EAGAIN:
		return 0, nil
	}
	return max(n, 0), err
}
