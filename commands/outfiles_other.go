//go:build !unix

package commands

import "os"

const noFollow = 0

// checkOwner returns the FileInfo of a file or a link. This system has no sticky directories.
func checkOwner(name string, _ int) (os.FileInfo, error) { return os.Lstat(name) }
