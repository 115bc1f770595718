package link

import "net"

// Memory is what a process has used at most so far, in bytes.
type Memory struct {
	Peak     int64 // in the memory of the machine
	Reserved int64 // of its address space, if the system reports it
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

func (p *processConn) memory() Memory {
	p.life.Lock()
	defer p.life.Unlock()
	if p.reaped {
		return Memory{Peak: peakOf(p.cmd.ProcessState)}
	}
	return memoryOf(p.cmd.Process.Pid)
}
