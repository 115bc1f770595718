package input

import (
	"io"
	"os"

	"golang.org/x/sys/unix"
)

// WidenPipe gives a pipe the largest buffer that is allowed without privileges:
// fewer switches between the processes at its ends.
func WidenPipe(f *os.File) {
	if isPipe(f) {
		unix.FcntlInt(f.Fd(), unix.F_SETPIPE_SZ, 1<<20) // a pipe as it was is fine too
	}
}

func isPipe(f *os.File) bool {
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeNamedPipe != 0
}

// Splicing returns what writes to w, and takes the bytes of files without reading
// them if w is a pipe.
func Splicing(w io.Writer) io.Writer {
	if f, ok := w.(*os.File); ok && isPipe(f) {
		return splicer{f}
	}
	return w
}

type splicer struct{ *os.File }

// ReadFrom splices as far as that goes; the copy of the rest tells what is wrong.
func (s splicer) ReadFrom(src io.Reader) (n int64, err error) {
	if l, ok := src.(*io.LimitedReader); ok {
		if from, ok := l.R.(*os.File); ok {
			n = splice(s.File, from, l.N)
			l.N -= n
		}
	}
	m, err := s.File.ReadFrom(src)
	return n + m, err
}

// splice moves up to n bytes and returns how many it did.
func splice(to, from *os.File, n int64) (done int64) {
	in, err := from.SyscallConn()
	if err != nil {
		return 0
	}
	out, err := to.SyscallConn()
	if err != nil {
		return 0
	}
	in.Control(func(in uintptr) {
		out.Control(func(out uintptr) {
			for done < n {
				k, err := unix.Splice(int(in), nil, int(out), nil, int(min(n-done, 1<<20)), 0)
				if err == unix.EINTR {
					continue
				}
				if err != nil || k <= 0 {
					return
				}
				done += int64(k)
			}
		})
	})
	return done
}
