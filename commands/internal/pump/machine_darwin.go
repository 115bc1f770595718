package pump

import "golang.org/x/sys/unix"

// machineMemory returns how much memory the machine has.
func machineMemory() int64 {
	n, err := unix.SysctlUint64("hw.memsize")
	if err != nil {
		return 0
	}
	return int64(n)
}
