package hint

import (
	"bytes"

	"framecat/framing"
)

// eachOnALine reports whether each whole frame of f in b begins where a line does.
func eachOnALine(f framing.Framing, b []byte) bool {
	for r := framing.NewReader(bytes.NewReader(b), f); ; {
		frame, err := r.Next()
		if err != nil {
			return true
		}
		if at := frame.Offset; at > 0 && b[at-1] != '\n' {
			return false
		}
	}
}

// payloadSize is the least size of a payload that is size bytes on the wire.
func payloadSize(f framing.Framing, size int64) int64 {
	if esc, ok := f.(framing.Escaper); ok {
		return esc.MinPayload(size)
	}
	return size
}
