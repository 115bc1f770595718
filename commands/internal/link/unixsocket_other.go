//go:build !unix

package link

import "net"

func listenPrivate(path string) (net.Listener, error) { return net.Listen("unix", path) }
