package framing

import (
	"bytes"
	"strconv"
)

// fix is a message of the Financial Information eXchange protocol in its tag=value
// form; · stands for SOH (0x01), which ends each field.
//
//	8=FIX.4.4·9=5· | 35=0· | 10=163·
//	version  length           checksum
//
// The length counts the payload, all between the SOH of its own field and 10=. The
// checksum is the sum of all bytes before 10=, modulo 256; it is checked. Data fields
// may contain SOH: only the length shows where a message ends.
//
// Source: FIX 4.2, volume 2, "Message format"; FIXT 1.1, "Standard header", "Standard
// trailer".
type fix struct{}

func (fix) String() string { return "fix" }

const (
	soh = 0x01

	// maxBegin bounds 8=…: no version has a longer name than FIXT.1.1.
	maxBegin = 64

	fixTrailer = "10=nnn\x01"
)

func (fix) Scan(b []byte, _ *Cursor) (Extent, error) {
	if err := checkMagic(b, 0, "8="); err != nil {
		return Extent{}, err
	}
	i := bytes.IndexByte(b[:min(len(b), maxBegin)], soh)
	if i < 0 && len(b) >= maxBegin {
		e := malformed(headerTooLarge, 0, "the version 8=… does not end in SOH within %d bytes", maxBegin)
		e.Err = ErrTooLong
		return Extent{}, e
	}
	if i < 0 {
		return Extent{}, ErrMore
	}
	if at := differs(b, i+1, "9="); at >= 0 {
		return Extent{}, malformed(missingLength, 0, "found %q after the version, expected the length 9=…", b[i+1:at+1])
	}
	at := i + 3
	n := int64(0)
	for i = at; ; i++ {
		switch {
		case i >= len(b):
			return Extent{}, ErrMore
		case b[i] == soh && i > at:
			e := Extent{Header: i + 1, Body: n, Trailer: len(fixTrailer), Announced: true, Field: at}
			return e, checkFixTrailer(b, e)
		case b[i]-'0' > 9:
			return Extent{}, malformed(BadLength, i, "found %q in the length 9=…, expected digits, then SOH", b[i:i+1])
		case i-at == maxDigits-1:
			return Extent{}, longDigits(b, at, i+1, 10)
		}
		n = n*10 + int64(b[i]-'0')
	}
}

// checkFixTrailer checks as much of the trailer as has arrived; it is wrong if the length
// was wrong.
func checkFixTrailer(b []byte, e Extent) error {
	at := int64(e.Header) + e.Body
	if at >= int64(len(b)) {
		return ErrMore
	}
	t := b[at:]
	if i := fixTrailerWrong(t); i >= 0 {
		return malformed(BadTrailer, int(at)+i, "found %q, expected the checksum 10=… and SOH", t[:i+1])
	}
	if len(t) < e.Trailer {
		return ErrMore
	}
	return nil
}

// fixTrailerWrong returns the offset of the first byte that no trailer has there, or -1.
func fixTrailerWrong(t []byte) int {
	for i := range min(len(t), len(fixTrailer)) {
		if want := fixTrailer[i]; t[i] != want && (want != 'n' || t[i]-'0' > 9) {
			return i
		}
	}
	return -1
}

func (f fix) Split(b []byte, spans []Span) []Span { return splitScan(f, b, spans) }

func (fix) Unescape(dst, header, body, trailer []byte) ([]byte, error) {
	sum, got := byte(sum8(header)+sum8(body)), trailer[3:6]
	if string(got) != string(appendFixSum(nil, sum)) {
		return dst, malformed(Checksum, len(header)+len(body)+3, "checksum %s, expected %03d", got, sum)
	}
	return append(dst, body...), nil
}

func appendFixSum(dst []byte, sum byte) []byte {
	return append(dst, '0'+sum/100, '0'+sum/10%10, '0'+sum%10)
}

func (fix) MinPayload(body int64) int64 { return body }

// Append imitates the version, and the width of a length that is padded with zeros.
func (f fix) Append(dst []byte, like Marks, payload []byte) ([]byte, error) {
	start, begin, width := len(dst), []byte("8=FIX.4.4\x019="), 0
	if !like.none() {
		e, _ := f.Scan(like.Header, new(Cursor))
		if e.Header == 0 || e.Header != len(like.Header) || len(like.Trailer) != len(fixTrailer) || fixTrailerWrong(like.Trailer) >= 0 {
			return dst, ErrMarks
		}
		begin = like.Header[:e.Field]
		if like.Header[e.Field] == '0' {
			width = e.Header - 1 - e.Field
		}
	}
	dst = append(dst, begin...)
	digits := strconv.AppendInt(make([]byte, 0, 20), int64(len(payload)), 10)
	for range width - len(digits) {
		dst = append(dst, '0')
	}
	dst = append(append(append(dst, digits...), soh), payload...)
	sum := byte(sum8(dst[start:]))
	return append(appendFixSum(append(dst, "10="...), sum), soh), nil
}

func (fix) Sync(b []byte) (int, bool) { return syncAt(b, "8=FIX") }

// Describe returns the name of the message type, which is the first field.
func (fix) Describe(dst []FieldText, _, body []byte) []FieldText {
	field, _, _ := bytes.Cut(body, []byte{soh})
	kind, ok := bytes.CutPrefix(field, []byte("35="))
	if !ok {
		return dst
	}
	for _, t := range fixTypes {
		if t.kind == string(kind) {
			return append(dst, FieldText{"type", t.name})
		}
	}
	return append(dst, FieldText{"type", string(kind)})
}

// known returns the names of types, and their letters. A type without a name has few
// characters.
func (fix) known(string) (values []FieldText, other func(string) string) {
	for _, t := range fixTypes {
		values = append(values, FieldText{t.name, t.name})
	}
	for _, t := range fixTypes {
		values = append(values, FieldText{t.kind, t.name})
	}
	return values, func(s string) string {
		if len(s) > 3 {
			return ""
		}
		return s
	}
}

func parseFix(*Entry, *settings) (Framing, error) { return fix{}, nil }

// fixTypes are the most common session and trading messages.
var fixTypes = []struct{ kind, name string }{
	{"0", "Heartbeat"}, {"1", "TestRequest"}, {"2", "ResendRequest"}, {"3", "Reject"}, {"4", "SequenceReset"}, {"5", "Logout"}, {"6", "IOI"}, {"7", "Advertisement"},
	{"8", "ExecutionReport"}, {"9", "OrderCancelReject"}, {"A", "Logon"}, {"B", "News"}, {"C", "Email"}, {"D", "NewOrderSingle"}, {"E", "NewOrderList"},
	{"F", "OrderCancelRequest"}, {"G", "OrderCancelReplaceRequest"}, {"H", "OrderStatusRequest"}, {"J", "AllocationInstruction"}, {"P", "AllocationInstructionAck"},
	{"Q", "DontKnowTrade"}, {"R", "QuoteRequest"}, {"S", "Quote"}, {"V", "MarketDataRequest"}, {"W", "MarketDataSnapshotFullRefresh"}, {"X", "MarketDataIncrementalRefresh"},
	{"Y", "MarketDataRequestReject"}, {"Z", "QuoteCancel"}, {"c", "SecurityDefinitionRequest"}, {"d", "SecurityDefinition"}, {"e", "SecurityStatusRequest"},
	{"f", "SecurityStatus"}, {"g", "TradingSessionStatusRequest"}, {"h", "TradingSessionStatus"}, {"i", "MassQuote"}, {"j", "BusinessMessageReject"},
	{"q", "OrderMassCancelRequest"}, {"r", "OrderMassCancelReport"}, {"x", "SecurityListRequest"}, {"y", "SecurityList"},
	{"AB", "NewOrderMultileg"}, {"AD", "TradeCaptureReportRequest"}, {"AE", "TradeCaptureReport"}, {"AF", "OrderMassStatusRequest"}, {"AI", "QuoteStatusReport"},
	{"AN", "RequestForPositions"}, {"AP", "PositionReport"}, {"AQ", "TradeCaptureReportRequestAck"}, {"AR", "TradeCaptureReportAck"}, {"BE", "UserRequest"}, {"BF", "UserResponse"},
}
