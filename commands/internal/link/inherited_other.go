//go:build !unix

package link

import (
	"errors"
	"net"
	"os"
)

var errNoFDs = errors.New("this system cannot pass sockets on")

func checkFD(int) error { return errNoFDs }

func acceptsAt(int) bool { return false }

func takeFD(n int) *os.File { return os.NewFile(uintptr(n), "fd") }

func listenFD(int) (net.Listener, error) { return nil, errNoFDs }

func loopbackAt(int) bool { return false }
