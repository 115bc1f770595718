package pump

import (
	"os"
	"path"
	"strconv"
	"strings"
)

// DefaultMemory returns a quarter of the memory of the machine, or of the container if it has
// less. If that is not known, it is a quarter of 4 GiB.
func DefaultMemory() int64 {
	total := machineMemory()
	if total <= 0 {
		total = 4 << 30
	}
	if own := cgroupMemory("/"); own > 0 {
		total = min(total, own)
	}
	return total / 4
}

// cgroupMemory returns the memory that the control groups of this process may use, or 0 if
// they have no limit. Root is the directory in which proc and sys are.
func cgroupMemory(root string) (least int64) {
	text, err := os.ReadFile(path.Join(root, "proc/self/cgroup"))
	if err != nil {
		return 0
	}
	for _, line := range strings.Split(string(text), "\n") { // number:controllers:path
		part := strings.SplitN(line, ":", 3)
		if len(part) < 3 {
			continue
		}
		at, name := "sys/fs/cgroup/memory", "memory.limit_in_bytes" // version 1
		if part[0] == "0" && part[1] == "" {
			at, name = "sys/fs/cgroup", "memory.max" // version 2
		} else if !strings.Contains(","+part[1]+",", ",memory,") {
			continue
		}
		// The limits of the groups around this one count too. In a container, the path may be
		// that of the machine, which the container does not have: then "/" is its own.
		for dir := path.Clean("/" + part[2]); ; dir = path.Dir(dir) {
			if n := readNumber(path.Join(root, at, dir, name)); n > 0 && (least == 0 || n < least) {
				least = n
			}
			if dir == "/" {
				break
			}
		}
	}
	return least
}

// readNumber returns the number in a file, or 0 if there is none: "max" is no limit.
func readNumber(name string) int64 {
	text, err := os.ReadFile(name)
	if err != nil {
		return 0
	}
	n, _ := strconv.ParseInt(strings.TrimSpace(string(text)), 10, 64)
	return n
}
