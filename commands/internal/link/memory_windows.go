package link

import "os"

// peakOf does nothing: the system does not report it with the status of a process.
func peakOf(*os.ProcessState) int64 { return 0 }
