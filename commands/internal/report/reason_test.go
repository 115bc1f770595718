package report

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"os"
	"syscall"
	"testing"
	"time"
)

// A reason does not repeat the file, the address or the system call.
func TestReason(t *testing.T) {
	_, missing := os.Open(t.TempDir() + "/missing")
	_, refused := net.Dial("tcp", "127.0.0.1:0")
	now := time.Now()
	old := &x509.Certificate{NotBefore: now.Add(-2 * time.Hour), NotAfter: time.Date(2001, 2, 3, 4, 5, 6, 0, time.UTC)}
	early := &x509.Certificate{NotBefore: time.Date(9001, 2, 3, 4, 5, 6, 0, time.UTC)}
	named := &x509.Certificate{DNSNames: []string{"a.test", "b.test"}, IPAddresses: []net.IP{net.IPv4(192, 0, 2, 1)}}
	hostile := &x509.Certificate{DNSNames: []string{"a\x1b[2J"}}
	for _, row := range []struct {
		err  error
		want string
	}{
		{missing, "no such file or directory"},
		{refused, "connection refused"},
		{&fs.PathError{Op: "read", Path: "/in", Err: syscall.EISDIR}, "is a directory"},
		{fmt.Errorf("while reading: %w", &fs.PathError{Op: "read", Path: "/in", Err: syscall.EACCES}), "permission denied"},
		{&os.LinkError{Op: "link", Old: "a", New: "b", Err: syscall.EXDEV}, "invalid cross-device link"},
		{&os.SyscallError{Syscall: "bind", Err: syscall.EADDRINUSE}, "address already in use"},
		{&net.OpError{Op: "read", Err: os.NewSyscallError("read", syscall.ECONNRESET)}, "connection reset by peer"},
		{&net.OpError{Op: "remote error", Err: errors.New("tls: bad certificate")}, "the peer reports: bad certificate"},
		{io.ErrUnexpectedEOF, "the file became shorter while it was read"},
		{errors.New("tls: no cipher suite"), "no cipher suite"},
		{errors.New("anything else"), "anything else"},
		{tls.RecordHeaderError{Msg: "first record does not look like a TLS handshake"}, "the peer does not speak TLS"},
		{x509.UnknownAuthorityError{}, "the peer's certificate is signed by an unknown authority"},
		{x509.HostnameError{Certificate: named, Host: "c.test"}, "the peer's certificate is for a.test, b.test, 192.0.2.1, not for c.test"},
		{x509.HostnameError{Certificate: hostile, Host: "c.test"}, `the peer's certificate is for a\x1b[2J, not for c.test`},
		{x509.HostnameError{Certificate: new(x509.Certificate), Host: "c.test"}, "the peer's certificate is for no name, not for c.test"},
		{x509.CertificateInvalidError{Cert: old, Reason: x509.Expired}, "the peer's certificate expired on 2001-02-03T04:05:06Z"},
		{x509.CertificateInvalidError{Cert: early, Reason: x509.Expired}, "the peer's certificate is not valid before 9001-02-03T04:05:06Z"},
	} {
		if got := Reason(row.err); got != row.want {
			t.Errorf("%v: %q, want %q", row.err, got, row.want)
		}
	}
}
