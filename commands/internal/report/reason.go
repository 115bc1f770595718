package report

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"io/fs"
	"net"
	"os"
	"slices"
	"strings"
	"time"
)

// Reason returns the text of an error of the system or of package tls, without file names and
// addresses: the caller's message has those.
func Reason(err error) string {
	if errors.Is(err, fs.ErrNotExist) {
		return "no such file or directory" // on Windows too
	}
	var p *fs.PathError
	if errors.As(err, &p) {
		return p.Err.Error()
	}
	var l *os.LinkError
	if errors.As(err, &l) {
		return l.Err.Error()
	}
	var s *os.SyscallError
	if errors.As(err, &s) {
		return s.Err.Error()
	}
	var n *net.OpError
	if errors.As(err, &n) {
		if n.Op == "remote error" {
			return "the peer reports: " + TLSReason(n.Err)
		}
		return n.Err.Error()
	}
	if err == io.ErrUnexpectedEOF {
		return "the file became shorter while it was read"
	}
	return TLSReason(err)
}

// TLSReason returns the text of an error of packages tls and x509.
func TLSReason(err error) string {
	var unknown x509.UnknownAuthorityError
	var name x509.HostnameError
	var invalid x509.CertificateInvalidError
	var record tls.RecordHeaderError
	switch {
	case errors.As(err, &unknown):
		return "the peer's certificate is signed by an unknown authority"
	case errors.As(err, &name):
		return "the peer's certificate is for " + certificateNames(name.Certificate) + ", not for " + name.Host
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired && time.Now().Before(invalid.Cert.NotBefore):
		return "the peer's certificate is not valid before " + invalid.Cert.NotBefore.Format(time.RFC3339)
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		return "the peer's certificate expired on " + invalid.Cert.NotAfter.Format(time.RFC3339)
	case errors.As(err, &record):
		return "the peer does not speak TLS"
	}
	return strings.TrimPrefix(err.Error(), "tls: ")
}

// certificateNames lists the names that a certificate is for, at most five.
func certificateNames(c *x509.Certificate) string {
	names := slices.Clone(c.DNSNames)
	for _, ip := range c.IPAddresses {
		names = append(names, ip.String())
	}
	if len(names) == 0 {
		return "no name"
	}
	return Sanitize(strings.Join(names[:min(len(names), 5)], ", "))
}
