package records

import (
	"fmt"
	"math/big"
	"time"
)

// checkTime returns an error if a time and the seconds since 1970 are not the same; both may be
// empty.
func checkTime(at, seconds string) error {
	if at == "" && seconds == "" {
		return nil
	}
	want, err := time.Parse(time.RFC3339Nano, at)
	if err != nil {
		return err
	}
	got, ok := new(big.Rat).SetString(seconds)
	if !ok || got.Cmp(big.NewRat(want.UnixNano(), 1e9)) != 0 {
		return fmt.Errorf("%s is not %s", seconds, at)
	}
	return nil
}
