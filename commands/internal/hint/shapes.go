package hint

import (
	"fmt"
	"math"
	"strings"
	"unicode/utf8"
)

// A pattern is 4 bytes at the start of messages, of which some vary. No shorter field has enough of
// them, and the hints to a stream do not use them.
type pattern struct {
	bytes  string // pairs of hex digits; ? is any digit, and ll a small letter
	means  string
	server bool // servers send this, and clients do not
	plain  bool // so many numbers are like this that no adjustment and no other order is tried
	late   int  // so many bytes come before it; 0 is none, or it is not known how many
}

// replaced is what the bytes ef bf bd mean, the sign U+FFFD of Unicode.
const replaced = "a program took binary data for text, and replaced what is no UTF-8 by ef bf bd: send the bytes as they are"

// patterns are in the order of what they show: protocols, encodings of messages, text, files.
var patterns = []pattern{
	{bytes: "12 01 00 ??", means: "the peer speaks TDS (Microsoft SQL Server)"},
	{bytes: "04 01 00 25", means: "the peer speaks TDS (Microsoft SQL Server)", server: true},
	{bytes: "04 01 00 2b", means: "the peer speaks TDS (Microsoft SQL Server)", server: true},
	{bytes: "04 d2 16 2f", means: "the peer speaks PostgreSQL (it asks for TLS)", late: 4},
	{bytes: "04 d2 16 30", means: "the peer speaks PostgreSQL (it asks for GSS encryption)", late: 4},
	{bytes: "04 d2 16 2e", means: "the peer speaks PostgreSQL (it cancels a request)", late: 4},
	{bytes: "30 ?? 02 01", means: "the peer speaks LDAP or SNMP"},
	{bytes: "81 00 00 44", means: "the peer speaks NetBIOS (SMB)"},
	{bytes: "ff 53 4d 42", means: "the peer speaks SMB", late: 4},
	{bytes: "fe 53 4d 42", means: "the peer speaks SMB", late: 4},
	{bytes: "20 02 00 0?", means: "the peer speaks MQTT", server: true},
	{bytes: "00 04 4d 51", means: "the peer speaks MQTT", late: 2},
	{bytes: "04 4d 51 54", means: "the peer speaks MQTT", late: 3},
	{bytes: "00 06 4d 51", means: "the peer speaks MQTT", late: 2},
	{bytes: "06 4d 51 49", means: "the peer speaks MQTT", late: 3},
	{bytes: "53 53 48 5f", means: "the peer speaks SSH (OpenSSH)", late: 12},
	{bytes: "ff fb ?? ff", means: "the peer speaks Telnet"},
	{bytes: "ff fd ?? ff", means: "the peer speaks Telnet"},
	{bytes: "ff fe ?? ff", means: "the peer speaks Telnet"},
	{bytes: "05 02 00 01", means: "the peer speaks SOCKS 5"},
	{bytes: "05 02 00 02", means: "the peer speaks SOCKS 5"},
	{bytes: "05 03 00 01", means: "the peer speaks SOCKS 5"},
	{bytes: "04 01 00 50", means: "the peer speaks SOCKS 4"},
	{bytes: "04 01 01 bb", means: "the peer speaks SOCKS 4"},
	{bytes: "01 00 00 05", means: "the peer speaks Cassandra's native protocol", plain: true},
	{bytes: "02 00 00 01", means: "the peer speaks Cassandra's native protocol", plain: true},
	{bytes: "02 00 00 05", means: "the peer speaks Cassandra's native protocol", plain: true},
	{bytes: "82 00 00 00", means: "the peer speaks Cassandra's native protocol", server: true},
	{bytes: "83 00 00 00", means: "the peer speaks Cassandra's native protocol", server: true},
	{bytes: "84 00 00 00", means: "the peer speaks Cassandra's native protocol", server: true},
	{bytes: "85 00 00 00", means: "the peer speaks Cassandra's native protocol", server: true},
	{bytes: "85 10 00 00", means: "the peer speaks Cassandra's native protocol", server: true},
	{bytes: "d4 07 00 00", means: "the peer speaks MongoDB (this is the code of a query)", late: 12},
	{bytes: "dd 07 00 00", means: "the peer speaks MongoDB (this is the code of a message)", late: 12},
	{bytes: "f9 be b4 d9", means: "the peer speaks Bitcoin"},
	{bytes: "0b 11 09 07", means: "the peer speaks Bitcoin (test network)"},
	{bytes: "fa bf b5 da", means: "the peer speaks Bitcoin (test network)"},
	{bytes: "da bb ?? ??", means: "the peer speaks Dubbo"},
	{bytes: "da da 01 ??", means: "the peer speaks Seata"},
	{bytes: "fe 01 fa 00", means: "an old Minecraft client asks for the state of the server"},
	{bytes: "36 ba 61 3f", means: "the peer speaks RethinkDB"},
	{bytes: "e1 81 30 72", means: "the peer speaks RethinkDB"},
	{bytes: "3e e8 75 5f", means: "the peer speaks RethinkDB"},
	{bytes: "20 2d 0c 40", means: "the peer speaks RethinkDB"},
	{bytes: "c3 bd c2 34", means: "the peer speaks RethinkDB"},
	{bytes: "0a 48 6f 73", means: "the peer speaks HTTP (this is the line Host of a head)"},
	{bytes: "0a 55 73 65", means: "the peer speaks HTTP (this is the line User-Agent of a head)"},
	{bytes: "0a 41 63 63", means: "the peer speaks HTTP (this is the line Accept of a head)"},
	{bytes: "0a 43 6f 6e", means: "the peer speaks HTTP (this is the line Connection or Content-Length of a head)"},
	{bytes: "21 12 a4 42", means: "the peer speaks STUN", late: 4},
	{bytes: "17 03 03 ??", means: "this is a TLS record in the middle of a connection: the stream is encrypted"},
	{bytes: "17 03 01 ??", means: "this is a TLS record in the middle of a connection: the stream is encrypted"},
	{bytes: "14 03 03 00", means: "this is a TLS record in the middle of a handshake: the stream is encrypted"},
	{bytes: "14 03 01 00", means: "this is a TLS record in the middle of a handshake: the stream is encrypted"},
	{bytes: "16 fe f? 00", means: "this is a DTLS record: the peer sends datagrams that are encrypted"},
	{bytes: "81 ?? 7b 22", means: "this is a text message of WebSocket with JSON"},
	{bytes: "81 7e 0? ??", means: "this is a text message of WebSocket"},
	{bytes: "82 7e 0? ??", means: "this is a binary message of WebSocket"},
	{bytes: "83 68 0? 64", means: "this is a term of Erlang, without a length"},
	{bytes: "83 68 0? 77", means: "this is a term of Erlang, without a length"},
	{bytes: "83 6d 00 0?", means: "this is a term of Erlang, without a length"},
	{bytes: "83 74 00 00", means: "this is a term of Erlang, without a length"},
	{bytes: "94 00 ?? a?", means: "this is a request of MessagePack-RPC, without a length"},
	{bytes: "94 00 0? ??", means: "this is a request of MessagePack-RPC, without a length"},
	{bytes: "8? a? ll ll", means: "this is MessagePack, an object with names, without a length"},
	{bytes: "a? 6? ll ll", means: "this is CBOR, an object with names, without a length"},
	{bytes: "0a 0? ll ll", means: "this is a message of Protocol Buffers that begins with a text, without a length"},
	{bytes: "0a 1? ll ll", means: "this is a message of Protocol Buffers that begins with a text, without a length"},
	{bytes: "08 ?? 12 ??", means: "this is a message of Protocol Buffers that begins with a number, without a length"},
	{bytes: "ef bb bf ??", means: "this is text that begins with a byte order mark"},
	{bytes: "ef bf bd ??", means: replaced},
	{bytes: "?? ef bf bd", means: replaced},
	{bytes: "bf bd ef bf", means: replaced},
	{bytes: "bd ef bf bd", means: replaced},
	{bytes: "ff fe ?? 00", means: "this is text in UTF-16 that begins with a byte order mark"},
	{bytes: "fe ff 00 ??", means: "this is text in UTF-16 that begins with a byte order mark"},
	{bytes: "78 9c ?? ??", means: "this is data that zlib compressed"},
	{bytes: "78 da ?? ??", means: "this is data that zlib compressed"},
	{bytes: "04 22 4d 18", means: "this is lz4"},
	{bytes: "ff 06 00 00", means: "this is a stream that Snappy compressed"},
	{bytes: "37 7a bc af", means: "this is a 7z archive"},
	{bytes: "89 48 44 46", means: "this is an HDF5 file"},
	{bytes: "d0 cf 11 e0", means: "this is an old document of Microsoft Office"},
	{bytes: "93 4e 55 4d", means: "this is an array of NumPy"},
	{bytes: "4f 62 6a 01", means: "this is an Avro file"},
	{bytes: "50 41 52 31", means: "this is a Parquet file"},
	{bytes: "53 45 51 06", means: "this is a sequence file of Hadoop"},
	{bytes: "fe ed fe ed", means: "this is a Java keystore"},
	{bytes: "a1 b2 3c 4d", means: "this is a pcap recording, with times in nanoseconds"},
	{bytes: "4d 3c b2 a1", means: "this is a pcap recording, with times in nanoseconds"},
	{bytes: "a1 b2 c3 d4", means: "this is a pcap recording"},
	{bytes: "d4 c3 b2 a1", means: "this is a pcap recording"},
	{bytes: "0a 0d 0d 0a", means: "this is a pcapng recording"},
	{bytes: "46 4c 56 01", means: "this is a Flash video"},
	{bytes: "49 44 33 0?", means: "this is an MP3 file"},
	{bytes: "23 21 2f ll", means: "this is a script"},
}

// evidence returns how many bits of b show the pattern, or 0.
func (p *pattern) evidence(b []byte) (bits float64) {
	const digits = "0123456789abcdef"
	for i, c := range b {
		high, low := p.bytes[3*i], p.bytes[3*i+1]
		if high == 'l' {
			if c < 'a' || c > 'z' {
				return 0
			}
			bits += 8 - math.Log2(26)
			continue
		}
		for _, half := range []struct{ want, got byte }{{high, digits[c>>4]}, {low, digits[c&15]}} {
			if half.want == half.got {
				bits += 4
			} else if half.want != '?' {
				return 0
			}
		}
	}
	return bits
}

// fits adds the patterns that the bytes of f fit.
func (f field) fits(add func(score float64, about, is, means string)) {
	if len(f.wire) != 4 {
		return
	}
	for i := range patterns {
		p := &patterns[i]
		bits := p.evidence(f.wire)
		if bits == 0 || p.plain && (f.little || f.added != 0) || strings.Contains(p.bytes, "l") && isASCII(f.wire) && f.wire[0] != '#' {
			continue
		}
		means := p.means + "; " + f.name() + " is expected"
		if does, isPeer := strings.CutPrefix(p.means, "the peer "); isPeer && p.server {
			means = "the server " + does + " to a client that expects " + f.name() + "; check the address and port that the client uses"
		} else if isPeer {
			means = p.means + " to a port that expects " + f.name()
		}
		if p.late > 0 {
			means += "; " + late(p.late)
		}
		add(bits, p.means, quoted(f.wire), means)
	}
	if score := utf8Evidence(f.wire); score > 0 {
		text := f.wire
		for len(text) > 0 && !utf8.Valid(text) {
			text = text[:len(text)-1]
		}
		add(score, "text", fmt.Sprintf("%q", text), "text in UTF-8 is where "+f.name()+" is expected: the peer sends text, or a program prints into the stream")
	}
}

// firstSigns begin messages of programs in Chinese and Japanese. With all signs of these scripts, one random number in
// 3,000 is text.
const firstSigns = "错請请您你我无無用系未启正当欢连失成信警数服参文中这测提开消不异输程内已加版本出处登接日时设初准在可是エ入通発認"

// utf8Evidence is the evidence, in bits, that 4 bytes begin a text that is not in ASCII: a message in Chinese or
// Japanese, Cyrillic, a sign such as a line of a frame, an emoji.
func utf8Evidence(b []byte) float64 {
	next := func(i int) bool { return b[i]>>6 == 2 }
	cyrillic := func(i int) bool { return (b[i] == 0xd0 || b[i] == 0xd1) && next(i+1) }
	switch {
	case b[0]>>4 == 0xe && (b[3]>>4 == 0xe || isASCII(b[3:])) && strings.Contains(firstSigns, string(b[:3])):
		return 18
	case cyrillic(0) && cyrillic(2):
		return 18
	case b[0] == 0xe2 && next(1) && next(2) && (b[3] == 0xe2 || b[3] == ' ' || isAlnum(b[3])):
		return 14
	case b[0] == 0xf0 && b[1] == 0x9f && next(2) && next(3):
		return 20
	}
	return 0
}

// shapes adds readings of bytes of which some may vary.
func (f field) shapes(add func(score float64, about, is, means string)) {
	b := string(f.wire)
	if whole, who := insteadOfTLS(b); whole != "" && !f.little && f.added == 0 {
		add(16, "part "+whole, fmt.Sprintf("%q, from byte 3 of %q", b, whole), who+" expects TLS: a TLS record has a 2-byte length after 3 bytes")
	}
	if len(b) != 4 {
		return
	}
	and := "; " + f.name() + " is expected"
	switch {
	case b[0] == 3 && (b[1] == 1 || b[1] == 3) && b[2] < 3:
		add(17, "late TLS", "", "this is a TLS record, from byte 1 on: the stream is encrypted"+and+" after a field of 1 byte")
	case b[0] == 0x80 && b[2] == 1 && (b[3] == 0 || b[3] == 3) && !f.little:
		add(23, "SSL 2", "", "this is the first message of a TLS client, in the format of SSL 2"+and)
	case b[0] == 0x10 && b[2] == 0 && (b[3] == 4 || b[3] == 6) && !f.little:
		add(23, "MQTT", "", "the peer speaks MQTT to a port that expects "+f.name())
	case !f.little && (betweenAMQP(b) || betweenAMQP(b[1:])):
		add(20, "AMQP", "", "a frame of AMQP ends, with ce, and another begins"+and+": the reader is out of step, or two threads write frames at the same time")
	case (strings.Index(b, "\x1b[") > 0 || strings.Index(b, "\x1b]") > 0) && isASCII([]byte(strings.Replace(b, "\x1b", "", 1))):
		add(17, "colours", fmt.Sprintf("%q", b), "a program prints text for a terminal, such as colours, where "+f.name()+" is expected")
	case Number{bits: f.value(f.little)}.over() != "": // more likely than any text
	case isAlnum(b[0]) && b[1] == 0 && isAlnum(b[2]) && b[3] == 0, b[0] == 0 && isAlnum(b[1]) && b[2] == 0 && isAlnum(b[3]):
		score := 19.0
		if b[0] == 0 { // Windows writes the low byte first
			score = 17
		}
		add(score, "UTF-16", fmt.Sprintf("%q in UTF-16", strings.ReplaceAll(b, "\x00", "")), "text of 2 bytes a character is where "+f.name()+" is expected")
	case b[:2] == "\x00\x00" && b[2] > 0 && b[2] <= 60 && b[2]%6 == 0 && b[3] == 4 && f.little:
		add(26, "settings", "", f.settings())
	case b[0] > 0 && (b[0] < 0x14 || b[0] > 0x18) && b[1] == 3 && (b[2] == 3 || b[2] == 1) && !f.little && f.added == 0:
		add(16, "late TLS hello", "", "this is the first message of a TLS client, from byte 8 on: the stream is encrypted"+and+" after 8 bytes")
	case b[3] == 0 && shapely(b[:3]) && !f.little && f.added == 0:
		add(convincing, "text "+b, fmt.Sprintf("%q", b), "text that ends with a zero byte is where "+f.name()+" is expected: the reader is out of step")
	}
}

// settings is what the head of a frame SETTINGS of HTTP/2 means.
func (f field) settings() string {
	return "this is the first frame of HTTP/2, SETTINGS: the peer speaks HTTP/2 to a program that expects " + f.name()
}

// insteadOfTLS returns the text whose bytes 3 and 4 are b where a TLS record has its length, and who sends it to whom. All are
// longer than a record can be.
func insteadOfTLS(b string) (whole, who string) {
	switch b {
	case "P/":
		return "HTTP/1.1", "the server speaks HTTP to a client that"
	case "R ":
		return "-ERR ", "the server reports an error as text, as Redis, NATS and POP3 do, to a client that"
	case "T ":
		return "POST ", "the peer speaks HTTP to a server that"
	case "D ":
		return "HEAD ", "the peer speaks HTTP to a server that"
	case "NE":
		return "CONNECT ", "the peer asks for a connection through an HTTP proxy, or speaks STOMP or NATS, to a server that"
	case "IO":
		return "OPTIONS ", "the peer speaks HTTP to a server that"
	case "ET":
		return "DELETE ", "the peer speaks HTTP to a server that"
	case "CH":
		return "PATCH ", "the peer speaks HTTP to a server that"
	}
	return "", ""
}

// betweenAMQP reports whether b begins with the last byte of a frame of AMQP and the type and channel of the next.
func betweenAMQP(b string) bool {
	return b[0] == 0xce && strings.IndexByte("\x01\x02\x03\x08", b[1]) >= 0 && b[2] == 0
}
