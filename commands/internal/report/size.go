package report

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
)

// ParseSize reads a number of bytes: 4096, 0x1000, 64KiB or 16M, which is 16 MiB. Package
// framing has a copy of it, for the keys of a SPEC.
func ParseSize(s string) (int64, error) {
	digits, shift := s, 0
	for i, unit := range []string{"K", "M", "G", "T"} {
		for _, suffix := range []string{unit + "iB", unit} {
			if d, ok := strings.CutSuffix(digits, suffix); ok && shift == 0 {
				digits, shift = d, 10*(i+1)
			}
		}
	}
	if digits == s && !strings.HasPrefix(s, "0x") {
		digits = strings.TrimSuffix(s, "B")
	}
	n, err := ParseNumber(digits)
	far := errors.Is(err, strconv.ErrRange)
	if err != nil && !far {
		if right := strings.ReplaceAll(strings.ToUpper(s), "IB", "iB"); right != s {
			if _, err := ParseSize(right); err == nil {
				return 0, fmt.Errorf("%q is not a size: write %s", s, right)
			}
		}
		return 0, fmt.Errorf("%q is not a size: write 4096, 0x1000, 64KiB or 16M", s)
	}
	if far || n > math.MaxInt64>>shift {
		return 0, fmt.Errorf("size %s is too large", s)
	}
	return int64(n) << shift, nil
}

// ParseNumber reads decimal digits, or 0x and hex digits.
func ParseNumber(s string) (uint64, error) {
	if hex, ok := strings.CutPrefix(s, "0x"); ok {
		return strconv.ParseUint(hex, 16, 64)
	}
	return strconv.ParseUint(s, 10, 64)
}
