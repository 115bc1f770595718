package input

import (
	"io"
	"os"

	"golang.org/x/sys/unix"

	"framecat/commands/internal/interrupt"
)

// WidenPipe gives a pipe the largest buffer that is allowed without privileges: the processes
// at its ends then wait for each other less often. It does nothing if f is not a pipe.
func WidenPipe(f *os.File) {
	if isPipe(f) {
		unix.FcntlInt(f.Fd(), unix.F_SETPIPE_SZ, 1<<20) // an error does no harm
	}
}

func isPipe(f *os.File) bool {
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeNamedPipe != 0
}

// Output returns a writer to f, for work that holds the gate. If f is a pipe, bytes of a file
// are moved into it by the system, without a copy through this program.
func Output(f *os.File, g *interrupt.Gate) io.Writer {
	if isPipe(f) {
		return splicer{f, g}
	}
	return g.NewOutput(f)
}

// A splicer writes to a pipe. It leaves the gate meanwhile: nobody may read from the pipe.
type splicer struct {
	*os.File
	gate *interrupt.Gate
}

func (s splicer) Write(p []byte) (int, error) {
	s.gate.Leave()
	defer s.gate.Enter()
	return s.File.Write(p)
}

// ReadFrom splices as many bytes as it can. It copies the rest, which also returns the error
// if there is one.
func (s splicer) ReadFrom(src io.Reader) (n int64, err error) {
	if l, ok := src.(*io.LimitedReader); ok {
		move := func(from *os.File) { n = splice(s.File, from, l.N) }
		switch from := l.R.(type) {
		case *os.File:
			move(from)
		case *interrupt.File:
			from.Outside(move)
		}
		l.N -= n
	}
	m, err := io.Copy(struct{ io.Writer }{s}, src)
	return n + m, err
}

// splice moves up to n bytes and returns how many it moved.
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
