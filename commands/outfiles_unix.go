//go:build unix

package commands

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
)

const noFollow = syscall.O_NOFOLLOW

// errForeign is the error for a file that checkOwner refuses.
var errForeign = errors.New("it belongs to another user, and all users may create files in this directory; it is not used")

// checkOwner returns the FileInfo of a file or a link, which must not belong to another user
// than root if it is in a directory that is sticky and that all users may write to. User is who
// runs the program.
func checkOwner(name string, user int) (os.FileInfo, error) {
	info, err := os.Lstat(name)
	if err != nil {
		return nil, err
	}
	dir, err := os.Stat(filepath.Dir(name))
	if err != nil || dir.Mode()&fs.ModeSticky == 0 || dir.Mode().Perm()&0o002 == 0 {
		return info, err
	}
	owner := int(info.Sys().(*syscall.Stat_t).Uid)
	if owner != user && owner != 0 {
		return nil, errForeign
	}
	return info, nil
}
