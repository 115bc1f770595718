package link

import (
	"errors"
	"net"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"strings"
	"sync"

	"framecat/commands/internal/report"
)

// Addresses without a network name a process, a file descriptor, or our own standard input and
// output. Each is one connection, unless the descriptor is that of a listening socket.
const (
	execNetwork  = "exec"
	fdNetwork    = "fd"
	stdioNetwork = "stdio"
)

// Files are our own standard files: the connection of the address -, and where processes write
// their standard error.
type Files struct{ Stdin, Stdout, Stderr *os.File }

// Command returns the address that messages show for a command that is run without a shell.
func Command(words []string) Address {
	return Address{Network: execNetwork, path: strings.Join(words, " ")}
}

// parseLocal reads an address that names no host. It returns nil for other words; more is how many
// words are after it.
func parseLocal(word string, more int) (*Address, error) {
	if word == "-" {
		return &Address{Network: stdioNetwork}, nil
	}
	scheme, rest, found := strings.Cut(word, ":")
	kind := strings.ToLower(scheme)
	switch {
	case kind != "unix" && kind != execNetwork && kind != fdNetwork || !found && (more > 0 || kind != scheme):
		return nil, nil
	case kind != scheme:
		return nil, badAddress(word, scheme+": is written in lower case", kind+":"+rest)
	case kind == execNetwork && strings.TrimSpace(rest) == "":
		return nil, badAddress(word, "the command is missing", "exec:COMMAND, such as exec:'sort -n'")
	case kind == execNetwork:
		return &Address{Network: execNetwork, path: rest}, nil
	case kind == fdNetwork && rest == "":
		return nil, badAddress(word, "the number of the file descriptor is missing", "fd:N, such as fd:3")
	case kind == fdNetwork:
		if _, err := strconv.ParseUint(rest, 10, 31); err != nil {
			return nil, badAddress(word, `"`+rest+`" is not the number of a file descriptor`, "fd:N, such as fd:3")
		}
		return &Address{Network: fdNetwork, path: strings.TrimLeft(rest[:len(rest)-1], "0") + rest[len(rest)-1:]}, nil
	case rest == "":
		return nil, badAddress(word, "the path is missing", "unix:/path")
	case rest == "@":
		return nil, badAddress(word, "the name is missing", "unix:@NAME")
	case rest[0] == '@' && runtime.GOOS != "linux":
		return nil, badAddress(word, "only Linux has sockets without a file", "unix:/path")
	}
	if tail, ok := strings.CutPrefix(rest, "//"); ok && !strings.HasPrefix(tail, "/") {
		return nil, badAddress(word, "a path after unix:// is absolute", "unix:"+tail)
	}
	return &Address{Network: "unix", path: rest}, nil
}

// fd returns the number of a file descriptor.
func (a Address) fd() int {
	n, _ := strconv.Atoi(a.path)
	return n
}

// Process reports whether each connection to the address starts a process.
func (a Address) Process() bool { return a.Network == execNetwork }

// isPipe reports whether the connection at the address is no socket.
func (a Address) isPipe() bool { return a.Network == execNetwork || a.Network == stdioNetwork }

// Stdio reports whether our own standard input and output are the connection.
func (a Address) Stdio() bool {
	return a.Network == stdioNetwork || a.Network == fdNetwork && a.fd() < 2
}

// Once reports whether there is only one connection at the address. Listening reports whether it is
// to be accepted there, and not made.
func (a Address) Once(listening bool) bool {
	switch a.Network {
	case execNetwork:
		return listening
	case fdNetwork:
		return !listening || !acceptsAt(a.fd())
	}
	return a.Network == stdioNetwork
}

// CheckTLS returns an error if there can be no TLS at the address.
func (a Address) CheckTLS() error {
	if !a.isPipe() {
		return nil
	}
	return report.Usage("%s: TLS needs a socket; it cannot be used with exec: and -", a)
}

// Check returns an error if the address is a file descriptor that is not what it must be. Getenv
// returns variables of the environment.
func (a Address) Check(listening bool, getenv func(string) string) error {
	if a.Network != fdNetwork {
		return nil
	}
	f := &report.Failure{Status: report.StatusIO}
	n := a.fd()
	if first, last := bySystemd(getenv); last > first && n > 2 && (n < first || n >= last) {
		f.Text = a.String() + ": systemd has passed on " + report.Count(int64(last-first), "socket") + ", from fd:" + strconv.Itoa(first)
		f.Hints = []string{"write fd:" + strconv.Itoa(first)}
		return f
	}
	what := checkFD(n)
	switch {
	case what == nil && !listening && acceptsAt(n):
		f.Text = a.String() + ": the socket accepts connections, and has no peer"
		f.Hints = []string{"use it with listen, or as the ADDRESS of tap"}
	case what == nil:
		return nil
	case errors.Is(what, errNotOpen):
		f.Text = a.String() + ": " + what.Error()
		f.Hints = []string{"the program that starts framecat must pass a socket on to it, as " + strconv.Itoa(n)}
	case errors.Is(what, errNoStream):
		f.Text = a.String() + ": " + what.Error()
		f.Hints = []string{"pass on a socket of TCP, or a Unix socket that is a stream"}
	default:
		f.Text = a.String() + ": " + what.Error()
		f.Hints = []string{"for pipes, files and terminals, redirect standard input and output, and write - as the address"}
	}
	return f
}

// bySystemd returns the range of file descriptors that systemd has passed on to us; without systemd,
// it is empty. See sd_listen_fds(3).
func bySystemd(getenv func(string) string) (first, end int) {
	if getenv("LISTEN_PID") != strconv.Itoa(os.Getpid()) {
		return 3, 3
	}
	n, err := strconv.Atoi(getenv("LISTEN_FDS"))
	if err != nil || n < 0 {
		n = 0
	}
	return 3, 3 + n
}

var (
	errNotOpen  = errors.New("the file descriptor is not open")
	errNoStream = errors.New("the socket is not a stream")
)

// open makes the connection at an address without a network.
func (d Dialer) open() (net.Conn, error) {
	switch d.To.Network {
	case execNetwork:
		cmd := Shell(d.To.path)
		if d.Command != nil {
			cmd = exec.Command(d.Command[0], d.Command[1:]...)
		}
		cmd.Stderr = d.Files.Stderr
		p, err := startConn(cmd, d.To.String())
		if err != nil {
			return nil, err
		}
		return p, nil
	case fdNetwork:
		f := takeFD(d.To.fd())
		defer f.Close()
		return net.FileConn(f)
	}
	return newPipeConn(d.Files.Stdin, d.Files.Stdout, d.To.String()), nil
}

// A singleListener accepts one connection, which is already there.
type singleListener struct {
	conn   net.Conn
	mu     sync.Mutex
	taken  bool
	closed chan struct{}
}

func newSingleListener(c net.Conn) *singleListener {
	return &singleListener{conn: c, closed: make(chan struct{})}
}

func (l *singleListener) Accept() (net.Conn, error) {
	l.mu.Lock()
	taken := l.taken
	l.taken = true
	l.mu.Unlock()
	if taken {
		<-l.closed
		return nil, net.ErrClosed
	}
	return l.conn, nil
}

// Close closes the connection too, if it was not accepted.
func (l *singleListener) Close() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	select {
	case <-l.closed:
		return nil
	default:
	}
	close(l.closed)
	if l.taken {
		return nil
	}
	l.taken = true
	return l.conn.Close()
}

func (l *singleListener) Addr() net.Addr { return l.conn.LocalAddr() }
