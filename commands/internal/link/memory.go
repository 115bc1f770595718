package link

import "net"

// Memory is what a process uses, in bytes. What is not known is 0.
type Memory struct {
	Now      int64 // in the memory of the machine
	Peak     int64 // the most of that so far
	Reserved int64 // the most of its address space so far
}

// PeerMemory returns a function that reports the memory of the process at the other end of a connection.
// It is nil if that process is not known. Of a process that was started for the connection, the memory is
// still known when it has ended.
func PeerMemory(nc net.Conn) func() Memory {
	p, started := nc.(*processConn)
	pid := peerPID(nc)
	switch {
	case started:
		return p.memory
	case pid == 0:
		return nil
	}
	return func() Memory { return memoryOf(pid) }
}

// PeerBusy returns a function that reports whether the process at the other end of a connection has something to do: one
// of its threads runs, or waits for a processor. It is nil if that process is not known.
func PeerBusy(nc net.Conn) func() bool {
	pid := peerPID(nc)
	if pid == 0 {
		return nil
	}
	return func() bool { return busy(pid) }
}

func (p *processConn) memory() Memory {
	p.life.Lock()
	defer p.life.Unlock()
	if p.reaped {
		return Memory{Peak: peakOf(p.cmd.ProcessState)}
	}
	return memoryOf(p.cmd.Process.Pid)
}
