//go:build !unix

package link

import "net"

// A gate does nothing on systems whose sockets cannot be read without waiting.
type gate struct{}

func newGate(net.Conn) *gate { return nil }

func (*gate) read([]byte) (int, error) { panic("no gate") }
func (*gate) wait() error              { panic("no gate") }
func (*gate) bufferSize() int          { panic("no gate") }
