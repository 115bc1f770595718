package hint

import "strings"

// An Advice fits hints to the command line that reads a stream. The zero value is that of a
// command that reads files with -f.
type Advice struct {
	Flag    string // the flag that sets the framing of the stream; "" is -f
	Assumed string // the framing that was assumed because none was given; "" if one was
	Auto    bool   // -f auto can be tried
	Peer    bool   // a peer sends the stream: bytes that nothing explains are described
}

// flag returns the flag that sets the framing of the stream.
func (a Advice) flag() string {
	if a.Flag == "" {
		return "-f"
	}
	return a.Flag
}

// fit returns hints that name the right flag. The last one says that the framing was assumed, if
// it was.
func (a Advice) fit(hints []string) []string {
	tries := false
	for i, h := range hints {
		hints[i] = strings.Replace(h, "try -f ", "try "+a.flag()+" ", 1)
		tries = tries || strings.Contains(h, "try -f ")
	}
	if a.Assumed == "" {
		return hints
	}
	assumed := "no framing was given, so " + a.Assumed + " was assumed"
	switch {
	case tries:
	case a.Auto:
		assumed += "; try -f auto"
	default:
		assumed += "; set the framing with -f"
	}
	return append(hints, assumed)
}
