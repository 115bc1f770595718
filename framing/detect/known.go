package detect

import (
	"fmt"
	"slices"

	"framecat/framing"
)

// Known is what is known of a stream besides its bytes, as in a capture. It makes some names more likely
// before the first byte is looked at: naming one of all rows costs a few bits, and naming the expected one
// costs less. So it decides between framings that the bytes nearly prove, and proves nothing alone.
type Known struct {
	Port  int    // of the server; 0 is unknown
	Other string // the spec of the stream in the other direction; "" is unknown
}

// Naming a row whose port the server has costs so many bits less: half of the streams of a port are what it is
// registered for, and one of some 100 rows is so common elsewhere. The other direction has the same
// framing but for few protocols.
const (
	portBits  = 5.0
	otherBits = 12.0
)

// OtherDirection is the reason in Candidate.Because that the stream in the other direction has the framing.
const OtherDirection = "the other direction"

// of returns how many bits less it costs to name spec, which costs prior, and why.
func (k Known) of(spec string, prior float64) (less float64, because []string) {
	if k == (Known{}) {
		return 0, nil
	}
	row := framing.Lookup(spec)
	if row == nil {
		return 0, nil
	}
	details := row.Details()
	if k.Port > 0 && isName(details.WithoutRole(spec)) && slices.Contains(details.Traits().Ports, uint16(k.Port)) {
		less, because = min(portBits, prior), append(because, fmt.Sprintf("port %d", k.Port))
	}
	if k.Other != "" && details.WithoutRole(spec) == details.WithoutRole(k.Other) {
		less, because = min(otherBits, prior), append(because, OtherDirection)
	}
	return less, because
}
