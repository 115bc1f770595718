//go:build !unix

package commands

import "net"

func listenPrivate(path string) (net.Listener, error) { return net.Listen("unix", path) }
