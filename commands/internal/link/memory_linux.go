package link

import (
	"bytes"
	"net"
	"os"
	"path/filepath"
	"strconv"

	"golang.org/x/sys/unix"
)

// peerPID returns the number of the process at the other end of a connection; 0 if that is not known:
// the process is on another machine, or belongs to another user.
func peerPID(nc net.Conn) int {
	switch c := socket(nc).(type) {
	case *processConn:
		return c.cmd.Process.Pid
	case *net.UnixConn: // the process that listens: it may have left the connection to another one
		pid := 0
		rawConn(c).Control(func(fd uintptr) {
			if peer, err := unix.GetsockoptUcred(int(fd), unix.SOL_SOCKET, unix.SO_PEERCRED); err == nil {
				pid = int(peer.Pid)
			}
		})
		return pid
	case *net.TCPConn:
		local, ok1 := c.LocalAddr().(*net.TCPAddr)
		remote, ok2 := c.RemoteAddr().(*net.TCPAddr)
		if ok1 && ok2 {
			return socketPID(socketInode(remote.AddrPort(), local.AddrPort()))
		}
	}
	return 0
}

// socketPID returns the number of a process that has a socket open; 0 if none is found.
func socketPID(inode uint32) int {
	if inode == 0 {
		return 0
	}
	want := "socket:[" + strconv.FormatUint(uint64(inode), 10) + "]"
	dirs, _ := filepath.Glob("/proc/[0-9]*/fd")
	for _, dir := range dirs {
		files, err := os.ReadDir(dir)
		if err != nil {
			continue
		}
		for _, f := range files {
			if at, err := os.Readlink(filepath.Join(dir, f.Name())); err == nil && at == want {
				pid, _ := strconv.Atoi(filepath.Base(filepath.Dir(dir)))
				return pid
			}
		}
	}
	return 0
}

// memoryOf returns the memory of a process; nothing if it has ended.
func memoryOf(pid int) Memory {
	text, _ := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/status")
	kib := func(name string) int64 {
		_, rest, _ := bytes.Cut(text, []byte("\n"+name+":"))
		line, _, _ := bytes.Cut(rest, []byte(" kB\n"))
		n, _ := strconv.ParseInt(string(bytes.TrimSpace(line)), 10, 64)
		return n << 10
	}
	return Memory{Now: kib("VmRSS"), Peak: kib("VmHWM"), Reserved: kib("VmPeak")}
}

// busy reports whether a thread of a process runs or waits for a processor; false if it has ended.
func busy(pid int) bool {
	threads, _ := filepath.Glob("/proc/" + strconv.Itoa(pid) + "/task/*/stat")
	for _, name := range threads {
		text, _ := os.ReadFile(name)
		if at := bytes.LastIndexByte(text, ')'); at >= 0 && bytes.HasPrefix(text[at:], []byte(") R")) { // the name may have any characters
			return true
		}
	}
	return false
}
