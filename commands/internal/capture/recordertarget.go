package capture

import (
	"errors"
	"fmt"
	"strings"
)

// A Target is where a recording goes.
type Target struct {
	File string // its name; for a ring, "%n" in it is the number of the save
	Ring int    // how many bytes of packets a ring keeps; 0 if all packets are written to File

	Comment string // what readers of the recording must know; it becomes a comment of the file
}

// The sizes of a ring. It must hold a packet, and a larger one would better be a file.
const (
	minRing = 128 << 10
	maxRing = 1 << 30
)

// ParseTarget reads FILE or ring:SIZE:FILE. ParseSize reads SIZE. A file whose name begins with
// "ring:" is written as ./ring:….
func ParseTarget(s string, parseSize func(string) (int64, error)) (Target, error) {
	value, isRing := strings.CutPrefix(s, "ring:")
	if s == "" {
		return Target{}, errors.New("expected FILE or ring:SIZE:FILE, such as ring:10MiB:tap.pcapng")
	}
	if !isRing {
		return Target{File: s}, nil
	}
	number, file, ok := strings.Cut(value, ":")
	if !ok || file == "" || file == "-" {
		return Target{}, fmt.Errorf("%s names no file: expected ring:SIZE:FILE, such as ring:10MiB:tap.pcapng, or ./%s for a file of this name", s, s)
	}
	size, err := parseSize(number)
	switch {
	case err != nil:
		return Target{}, fmt.Errorf("%s: %w", s, err)
	case size < minRing:
		return Target{}, fmt.Errorf("%s: a ring of %s is too small: expected 128KiB or more", s, number)
	case size > maxRing:
		return Target{}, fmt.Errorf("%s: a ring of %s is too large: expected 1GiB or less; for more, write all to FILE", s, number)
	}
	return Target{File: file, Ring: int(size)}, nil
}
