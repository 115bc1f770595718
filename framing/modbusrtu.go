package framing

import "slices"

// modbusRTU is a frame of Modbus on a serial line, or of one that goes over TCP as it is:
//
//	unit, 1 | function, 1, and data | CRC, 2
//
// On a line, silence ends a frame. In a stream there is none: the function shows how long a request and
// a response are, and the CRC which of the two it is.
//
// Source: MODBUS over Serial Line 1.02, section 2.5; MODBUS Application Protocol 1.1b3, section 6.
type modbusRTU struct{}

const (
	modbusRTUMax  = 256 // the longest frame
	modbusRTUUnit = 1   // of the default header
)

var modbusRTUSum = checksum{size: 2, little: true, of: crcModbus}

func (modbusRTU) String() string { return "modbus-rtu" }

func (modbusRTU) Scan(b []byte, _ *Cursor) (Extent, error) {
	if len(b) < 2 {
		return Extent{}, ErrMore
	}
	request, response := modbusLengths(b)
	if request == 0 {
		return Extent{}, malformed(badOpcode, 1, "function %d is unknown: the length of its frames is not known", b[1])
	}
	last, least := 0, int64(0) // the payload has at least so many bytes
	for _, n := range [...]int{min(request, response), max(request, response)} {
		switch {
		case n == unknownLength || len(b) < n && n <= modbusRTUMax:
			least = int64(max(0, last-3))
			return Extent{Body: least}, ErrMore
		case n > modbusRTUMax || n == last:
			continue
		}
		least = int64(max(0, last-3))
		if last = n; modbusRTUSum.of(b[:n-2]) == uint32(b[n-2])|uint32(b[n-1])<<8 {
			return Extent{Header: 1, Body: int64(n - 3), Trailer: 2}, nil
		}
	}
	if last == 0 {
		return Extent{}, malformed(LengthTooLarge, 2, "the frame would be longer than %d bytes", modbusRTUMax)
	}
	return Extent{Body: least}, modbusRTUSum.check(b[:last-2], b[last-2:last], last-2)
}

// unknownLength is the length of a frame whose start does not show it yet.
const unknownLength = 1 << 20

// modbusLengths returns how long a frame is that begins with b, with unit and CRC: if it is a request, and
// if it is a response. Both are 0 if the function is unknown.
func modbusLengths(b []byte) (request, response int) {
	counted := func(at, rest int) int { // by the byte at this offset
		if len(b) <= at {
			return unknownLength
		}
		return int(b[at]) + rest
	}
	switch b[1] {
	case 1, 2, 3, 4:
		return 8, counted(2, 5)
	case 5, 6, 8:
		return 8, 8
	case 7:
		return 4, 5
	case 11:
		return 4, 8
	case 12, 17:
		return 4, counted(2, 5)
	case 15, 16:
		return counted(6, 9), 8
	case 20, 21:
		return counted(2, 5), counted(2, 5)
	case 22:
		return 10, 10
	case 23:
		return counted(10, 13), counted(2, 5)
	case 24:
		if len(b) < 4 {
			return 6, unknownLength
		}
		return 6, int(b[2])<<8 + int(b[3]) + 6
	case 43:
		return 7, modbusIdentity(b)
	}
	if b[1] > 0x80 && modbusFunctions.Of(uint64(b[1]&0x7f)) != "" { // an exception
		return 5, 5
	}
	return 0, 0
}

// modbusIdentity returns the length of a response with the identity of a device: its objects follow 8
// bytes, each with an id and a length before it.
func modbusIdentity(b []byte) int {
	n := 8
	if len(b) < n {
		return unknownLength
	}
	for range b[7] {
		if len(b) < n+2 {
			return unknownLength
		}
		if n += 2 + int(b[n+1]); n > modbusRTUMax {
			break
		}
	}
	return n + 2
}

func (f modbusRTU) Split(b []byte, spans []Span) []Span { return splitScan(f, b, spans) }

func (f modbusRTU) Append(dst []byte, like Marks, payload []byte) ([]byte, error) {
	unit := byte(modbusRTUUnit)
	if !like.none() {
		if len(like.Header) != 1 || len(like.Trailer) != 2 {
			return dst, ErrMarks
		}
		unit = like.Header[0]
	}
	start := len(dst)
	if len(payload) == 0 || len(payload)+3 > modbusRTUMax {
		return dst, payloadError("a payload of %s is no function of Modbus with its data: it has 1 to %d bytes", plural(int64(len(payload)), "byte"), modbusRTUMax-3)
	}
	out := append(append(dst, unit), payload...)
	out = modbusRTUSum.append(out, out[start:])
	request, response := modbusLengths(out[start:])
	if n := len(out) - start; n != request && n != response {
		return dst, payloadError("the payload is no request and no response of Modbus: its length, %d, is not that of function %d", len(payload), payload[0])
	}
	c := cursors.Get().(*Cursor)
	defer cursors.Put(c)
	*c = Cursor{}
	if e, err := f.Scan(out[start:], c); err != nil || int(e.Body) != len(payload) {
		return dst, payloadError("the frame would be read as a shorter one, as its CRC fits there too")
	}
	return out, nil
}

// Structure keeps the function, and the bytes that count others.
func (modbusRTU) Structure(payload []byte, keep func(start, end int)) {
	if len(payload) == 0 {
		return
	}
	keep(0, 1)
	size := len(payload) + 3 // of the frame
	at, n := 1, 1            // of the count
	switch payload[0] {
	case 1, 2, 3, 4, 20, 21:
		if size == 8 && payload[0] <= 4 {
			return // a request
		}
	case 12, 17:
		if size == 4 {
			return
		}
	case 15, 16:
		if at = 5; size == 8 {
			return
		}
	case 23:
		if request, _ := modbusLengths(append([]byte{0}, payload...)); size == request {
			at = 9
		}
	case 24:
		if n = 2; size == 6 {
			return
		}
	case 43:
		at = 6 // the number of objects
		for next := 8; next < len(payload); next += int(payload[next]) + 2 {
			keep(next, next+1) // the length of an object
		}
	default:
		return
	}
	if at+n <= len(payload) {
		keep(at, at+n)
	}
}

// Describe returns the function.
func (modbusRTU) Describe(dst []FieldText, _, body []byte) []FieldText {
	if len(body) == 0 {
		return dst
	}
	v := uint64(body[0])
	if name := modbusFunctions.Of(v &^ 0x80); v > 0x80 && name != "" {
		return append(dst, FieldText{"function", "exception of " + name})
	}
	return append(dst, FieldText{"function", modbusFunctions.Of(v)})
}

func (modbusRTU) known(field string) (values []FieldText, other func(string) string) {
	all := slices.Clone(modbusFunctions)
	for _, n := range modbusFunctions {
		all = append(all, named{n.Value | 0x80, "exception of " + n.Name})
	}
	return all.known(), otherThan(all, "%d", 0)
}

var modbusFunctions = names{
	{1, "read coils"}, {2, "read discrete inputs"}, {3, "read holding registers"}, {4, "read input registers"}, {5, "write coil"}, {6, "write register"},
	{7, "read exception status"}, {8, "diagnostics"}, {11, "get event counter"}, {12, "get event log"}, {15, "write coils"}, {16, "write registers"},
	{17, "report server id"}, {20, "read file record"}, {21, "write file record"}, {22, "mask write register"}, {23, "read and write registers"},
	{24, "read FIFO queue"}, {43, "read device identity"},
}

func parseModbusRTU(*Entry, *settings) (Framing, error) { return modbusRTU{}, nil }
