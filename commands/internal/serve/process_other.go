//go:build !unix

package serve

import "os"

func inBackground(*os.File) bool { return false }
