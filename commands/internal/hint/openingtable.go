package hint

import (
	"bytes"
	"cmp"
	"strings"
	"sync"

	"framecat/framing"
)

// An opening is how a stream, a frame or a file begins. Hints to a stream and the readings of a
// number have only this one kind of table.
type opening struct {
	Start  string // the first bytes
	Next   string // the byte after them is one of these; "" is any byte
	More   string // what usually follows Start, so that a part of it is recognised too
	Means  string // what that shows, in a few words
	Or     string // what else begins like this, in brackets
	Spec   string // what it should be read as; "" is nothing that is known
	Server bool   // servers begin like this, and clients do not
	Unpack string // the program that decompresses it
}

// protocols are openings of protocols that are no framings. Those of framings are in their
// rows of the table.
var protocols = []opening{
	{Start: "GET ", More: "/ HTTP/1.1", Means: "the peer speaks HTTP", Spec: "http"},
	{Start: "POST", More: " /", Means: "the peer speaks HTTP", Spec: "http"},
	{Start: "PUT ", More: "/", Means: "the peer speaks HTTP", Spec: "http"},
	{Start: "HEAD", Next: " ", More: " / HTTP/1.1", Means: "the peer speaks HTTP", Spec: "http"},
	{Start: "DELE", Next: "T", More: "TE /", Means: "the peer speaks HTTP", Spec: "http"},
	{Start: "PATC", Next: "H", More: "H /", Means: "the peer speaks HTTP", Spec: "http"},
	{Start: "HTTP", Next: "/", More: "/1.1 ", Means: "the peer speaks HTTP", Spec: "http", Server: true},
	{Start: "RTSP", Next: "/", More: "/1.0 ", Means: "the peer speaks RTSP", Spec: "rtsp", Server: true},
	{Start: "PROX", Next: "Y", More: "Y TCP4 ", Means: "the peer sends a header of the PROXY protocol", Spec: "proxy"},
	{Start: "\r\n\r\n", Next: "\x00", Means: "the peer sends empty lines, or a header of the PROXY protocol, version 2", Spec: "proxy"},
	{Start: "EHLO", Next: " ", Means: "the peer speaks SMTP", Spec: "crlf"},
	{Start: "HELO", Next: " ", Means: "the peer speaks SMTP", Spec: "crlf"},
	{Start: "220 ", Means: "the peer speaks SMTP or FTP", Spec: "crlf", Server: true},
	{Start: "220-", Means: "the peer speaks SMTP or FTP", Spec: "crlf", Server: true},
	{Start: "* OK", Next: " ", Means: "the peer speaks IMAP", Spec: "crlf", Server: true},
	{Start: "+OK ", Means: "the peer speaks POP3", Spec: "crlf", Server: true},
	{Start: "RFB ", Next: "0", Means: "the peer speaks VNC", Server: true},
	{Start: "Prot", Next: "o", More: "ocol mismatch", Means: "the peer speaks SSH and reports an error as text", Spec: "crlf", Server: true},
	{Start: "*1\r\n", Next: "$", Means: "the peer speaks Redis", Spec: "resp"},
	{Start: "*2\r\n", Next: "$", Means: "the peer speaks Redis", Spec: "resp"},
	{Start: "*3\r\n", Next: "$", Means: "the peer speaks Redis", Spec: "resp"},
	{Start: "l\x00\x0b\x00", Means: "the peer speaks X11"},
	{Start: "\x80\x00\x00\x28", Means: "the peer speaks ONC RPC, as NFS and port scanners do"},
	{Start: "MGLN", Next: "D", More: "DD_", Means: "a port scanner tries this port"},
	{Start: "TNMP", Next: "\x04", Means: "a port scanner tries this port"},
	{Start: "DmdT", Next: "\x00", Means: "a port scanner tries this port"},
	{Start: "h\x01\x00\x66", Means: "a port scanner tries this port, for the router software of MikroTik"},
	{Start: "hrpc", Means: "the peer speaks Hadoop RPC"},
	{Start: "HBas", Means: "the peer speaks HBase RPC"},
	{Start: "GIOP", Next: "\x01", Means: "the peer speaks CORBA"},
	{Start: "JRMI", Next: "\x00", Means: "the peer speaks Java RMI"},
	{Start: "JDWP", Next: "-", More: "-Handshake", Means: "the peer speaks JDWP, the protocol of Java debuggers"},
	{Start: "\xac\xed\x00\x05", Means: "this is a stream of serialized Java objects"},
	{Start: "\x80\x01\x00", Next: "\x01\x02\x03\x04", Means: "this is a message of Thrift without a frame"},
	{Start: "\x82\x21", Means: "this is a message of Thrift without a frame (compact protocol)"},
	{Start: "\x82\x41", Means: "this is a message of Thrift without a frame (compact protocol)"},
	{Start: "\x30\x0c\x02\x01", Means: "the peer speaks LDAP", Spec: "ldap"},
	{Start: "\x30\x84\x00\x00", Means: "the peer speaks LDAP", Spec: "ldap"},
	{Start: "\x03\x00\x00", Next: "\x0b\x13\x27\x2a\x2b\x2c\x2d\x2e\x2f\x30", Means: "the peer speaks TPKT (remote desktop)", Spec: "tpkt"},
	{Start: "<?xm", Next: "l", More: "l version", Means: "this is XML"},
	{Start: "<str", Next: "e", More: "eam:stream", Means: "the peer speaks XMPP", Spec: "xmpp"},
	{Start: "<htm", Next: "l", More: "l>", Means: "this is an HTML page"},
	{Start: "<!DO", Next: "C", More: "CTYPE html>", Means: "this is an HTML page"},
	{Start: "<!do", Next: "c", More: "ctype html>", Means: "this is an HTML page"},
	{Start: "\x1b[", Next: "0123456789?;mHJK", Means: "a program prints text for a terminal, such as colours, where the messages are"},
	{Start: "\x1b]", Next: "0123456789", Means: "a program sets the title or the colours of a terminal, where the messages are"},
	{Start: "\x00\x00\x01\xba", Means: "this is an MPEG program stream"},
	{Start: "G\x40\x00", Next: "\x10\x11\x12\x13\x14\x15\x16\x17\x18\x19\x1a\x1b\x1c\x1d\x1e\x1f", Means: "this is an MPEG transport stream", Spec: "mpegts"},
}

// methods are HTTP's too, but of other protocols as well: the first line must name HTTP.
var methods = []opening{
	{Start: "OPTI", Next: "O", More: "ONS ", Means: "the peer speaks HTTP", Or: " (or RTSP, SIP)", Spec: "http"},
	{Start: "CONN", Next: "E", More: "ECT ", Means: "the peer speaks HTTP", Or: " (or STOMP, NATS)", Spec: "http"},
}

// files are kinds of files that are no streams of frames. Among so many tables and texts, some
// length fields are always found.
var files = []opening{
	{Start: "\x7fELF", Means: "this is an ELF program or library"},
	{Start: "MZ\x90\x00", Means: "this is a Windows program"},
	{Start: "\xcf\xfa\xed\xfe", Means: "this is a Mach-O program"},
	{Start: "!<arch>\n", Means: "this is an ar archive"},
	{Start: "PK\x03\x04", Means: "this is a zip archive"},
	{Start: "\x1f\x8b", Next: "\x08", Means: "this is gzip: decompress it first", Unpack: "gzip"},
	{Start: "BZh", Next: "123456789", Means: "this is bzip2: decompress it first", Unpack: "bzip2"},
	{Start: "\xfd7zXZ\x00", Means: "this is xz: decompress it first", Unpack: "xz"},
	{Start: "\x28\xb5\x2f\xfd", Means: "this is zstd: decompress it first", Unpack: "zstd"},
	{Start: "%PDF-", Means: "this is a PDF"},
	{Start: "\x89PNG\r\n\x1a\n", Means: "this is a PNG picture"},
	{Start: "GIF8", Means: "this is a GIF picture"},
	{Start: "\xff\xd8\xff", Means: "this is a JPEG picture"},
	{Start: "RIFF", Means: "this is a RIFF file, such as WAV"},
	{Start: "OggS", Means: "this is an Ogg file"},
	{Start: "SQLite format 3\x00", Means: "this is an SQLite database"},
	{Start: "\xca\xfe\xba\xbe", Means: "this is Java bytecode, or a Mach-O program"},
	{Start: "\x00asm", Means: "this is WebAssembly"},
}

// openingOf finds the opening that b begins with. Its Spec is filled in.
func openingOf(b []byte) (o opening, ok bool) {
	lists := [][]opening{protocols, files}
	if line, _, _ := bytes.Cut(b, []byte("\n")); bytes.Contains(line, []byte("HTTP/")) {
		lists = append(lists, methods)
	}
	for _, list := range append(lists, ofFramings()) {
		for _, o := range list {
			if o.begins(b) {
				return o, true
			}
		}
	}
	return o, false
}

// ofFramings are the openings in the table of framings.
func ofFramings() []opening {
	collect.Do(func() {
		for _, k := range framing.Entries() {
			for _, o := range k.Details().Traits().Openings {
				collected = append(collected, opening{Start: o.Start, Next: o.Next, More: o.More, Means: o.Means, Spec: cmp.Or(o.Spec, k.Name)})
			}
		}
	})
	return collected
}

var (
	collect   sync.Once
	collected []opening
)

// begins reports whether b begins with the opening.
func (o *opening) begins(b []byte) bool {
	rest, ok := bytes.CutPrefix(b, []byte(o.Start))
	return ok && (o.Next == "" || len(rest) == 0 || strings.IndexByte(o.Next, rest[0]) >= 0)
}
