package link

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"io"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"framecat/commands/internal/report"
)

// A signer is a certificate with its key, in PEM.
type signer struct {
	cert     *x509.Certificate
	key      *ecdsa.PrivateKey
	certText string
	keyText  string
}

// issue makes a certificate for a name. If by is nil, the certificate is an authority.
func issue(t *testing.T, name string, by *signer) *signer {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	c := &x509.Certificate{
		SerialNumber: big.NewInt(time.Now().UnixNano()), Subject: pkix.Name{CommonName: name}, DNSNames: []string{name},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IsCA: by == nil, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageDigitalSignature,
	}
	parent, signing := c, key
	if by != nil {
		parent, signing = by.cert, by.key
	}
	der, err := x509.CreateCertificate(rand.Reader, c, parent, &key.PublicKey, signing)
	if err != nil {
		t.Fatal(err)
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return &signer{cert, key, pemOf("CERTIFICATE", der), pemOf("PRIVATE KEY", private)}
}

func pemOf(kind string, der []byte) string {
	return string(pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}))
}

func (s *signer) pair(t *testing.T) tls.Certificate {
	t.Helper()
	pair, err := tls.X509KeyPair([]byte(s.certText), []byte(s.keyText))
	if err != nil {
		t.Fatal(err)
	}
	return pair
}

func (s *signer) pool() *x509.CertPool {
	p := x509.NewCertPool()
	p.AddCert(s.cert)
	return p
}

func fileOf(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "x.pem")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// A certificate and its key are read from one file or two. An error names the file, and a hint
// says what to do.
func TestReadPair(t *testing.T) {
	a := issue(t, "a.test", nil)
	b := issue(t, "b.test", nil)
	locked := string(pem.EncodeToMemory(&pem.Block{Type: "EC PRIVATE KEY", Headers: map[string]string{"DEK-Info": "AES-128-CBC,00"}, Bytes: []byte("secret")}))
	for _, row := range []struct {
		name, cert, key string
		own             bool // the key is in the file of the certificate
		at, text, hint  string
	}{
		{"one file", a.certText + a.keyText, "", true, "", "", ""},
		{"the key first", a.keyText + a.certText, "", true, "", "", ""},
		{"two files", a.certText, a.keyText, false, "", "", ""},
		{"no key", a.certText, "", true, "cert", "the file has no private key", "--key FILE"},
		{"no key in its file", a.certText, a.certText, false, "key", "the file has no private key", ""},
		{"no certificate", a.keyText, a.keyText, false, "cert", "the file has no certificate", ""},
		{"nothing", "", "", true, "cert", "the file has no certificate", ""},
		{"DER", string(a.cert.Raw), "", true, "cert", "the file has no certificate", "openssl x509"},
		{"another's key", a.certText, b.keyText, false, "both", "private key does not match public key", ""},
		{"an encrypted key", a.certText, locked, false, "key", "encrypted", "openssl pkey"},
		{"a newer encrypted key", a.certText, pemOf("ENCRYPTED PRIVATE KEY", []byte("secret")), false, "key", "encrypted", "openssl pkey"},
	} {
		cert, key := fileOf(t, row.cert), ""
		if !row.own {
			key = fileOf(t, row.key)
		}
		pair, err := ReadPair(cert, key)
		if row.text == "" {
			if err != nil || len(pair.Certificate) != 1 {
				t.Errorf("%s: %v", row.name, err)
			}
			continue
		}
		at := map[string]string{"cert": cert, "key": key, "both": cert + " and " + key}[row.at]
		var f *report.Failure
		if !errors.As(err, &f) || f.Status != report.StatusIO || !strings.HasPrefix(f.Text, at+": ") || !strings.Contains(f.Text, row.text) ||
			!strings.Contains(strings.Join(f.Hints, "\n"), row.hint) {
			t.Errorf("%s: %v, hints %q; want %s: %s, %q", row.name, err, f.Hints, at, row.text, row.hint)
		}
	}
	missing := filepath.Join(t.TempDir(), "missing")
	for _, files := range [][2]string{{missing, ""}, {fileOf(t, a.certText), missing}} {
		if _, err := ReadPair(files[0], files[1]); err == nil || err.Error() != missing+": no such file or directory" {
			t.Errorf("%q: %v", files, err)
		}
	}
}

func TestReadPool(t *testing.T) {
	a := issue(t, "a.test", nil)
	if p, err := ReadPool(""); p != nil || err != nil {
		t.Errorf("without a file: %v, %v", p, err)
	}
	if p, err := ReadPool(fileOf(t, a.certText)); err != nil || !p.Equal(a.pool()) {
		t.Errorf("of an authority: %v", err)
	}
	for _, file := range []string{fileOf(t, a.keyText), fileOf(t, ""), filepath.Join(t.TempDir(), "missing")} {
		var f *report.Failure
		if p, err := ReadPool(file); p != nil || !errors.As(err, &f) || f.Status != report.StatusIO || !strings.HasPrefix(f.Text, file+": ") {
			t.Errorf("of no authority: %v", err)
		}
	}
}

// serveTLS accepts one connection, and calls serve with it after the handshake.
func serveTLS(t *testing.T, config *tls.Config, serve func(c net.Conn, wire net.Conn)) Address {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		wire, err := l.Accept()
		if err != nil {
			return
		}
		defer wire.Close()
		if c, err := (&TLS{config}).Server(context.Background(), wire); err == nil {
			serve(c, wire)
			c.Close()
		}
	}()
	return Address{Network: "tcp"}.Bound(l.Addr())
}

// A peer is trusted if a trusted authority has signed its certificate, for the expected name.
// Errors have hints.
func TestHandshake(t *testing.T) {
	authority, other := issue(t, "ca", nil), issue(t, "other", nil)
	server := issue(t, "server.test", authority)
	for _, row := range []struct {
		name   string
		config *tls.Config
		want   string
		hint   string
	}{
		{"trusted", &tls.Config{RootCAs: authority.pool(), ServerName: "server.test"}, "", ""},
		{"another authority", &tls.Config{RootCAs: other.pool(), ServerName: "server.test"}, "signed by an unknown authority", "--ca FILE"},
		{"another name", &tls.Config{RootCAs: authority.pool(), ServerName: "other.test"}, "is for server.test, not for other.test", "--server-name NAME"},
		{"not checked", &tls.Config{InsecureSkipVerify: true}, "", ""},
	} {
		to := serveTLS(t, &tls.Config{Certificates: []tls.Certificate{server.pair(t)}}, func(c, _ net.Conn) { io.WriteString(c, "hello") })
		c, err := Dialer{To: to, Secure: &TLS{row.config}}.Dial(context.Background())
		if row.want != "" {
			if err == nil || !strings.Contains(report.Reason(err), row.want) || !strings.Contains(strings.Join(TLSHints(err, false, ""), ""), row.hint) {
				t.Errorf("%s: %v, hints %q; want %q, %q", row.name, err, TLSHints(err, false, ""), row.want, row.hint)
			}
			continue
		}
		if err != nil {
			t.Errorf("%s: %v", row.name, err)
			continue
		}
		if b, err := io.ReadAll(c); string(b) != "hello" || err != nil {
			t.Errorf("%s: %q, %v", row.name, b, err)
		}
		c.Close()
	}
	for err, want := range map[error]string{
		x509.UnknownAuthorityError{}:                            "--client-ca FILE",
		&TimeoutError{"--connect-timeout", time.Second, "else"}: "",
		io.EOF: "",
	} {
		if got := strings.Join(TLSHints(err, true, ""), ""); !strings.Contains(got, want) || (got == "") != (want == "") {
			t.Errorf("a server that gets %v: %q, want %q", err, got, want)
		}
	}
}

// A stream that ends without close_notify is an error: bytes may be missing.
func TestCutTLS(t *testing.T) {
	authority := issue(t, "ca", nil)
	server := issue(t, "server.test", authority).pair(t)
	for _, version := range []uint16{tls.VersionTLS12, tls.VersionTLS13} {
		for _, polite := range []bool{true, false} {
			to := serveTLS(t, &tls.Config{Certificates: []tls.Certificate{server}, MaxVersion: version}, func(c, wire net.Conn) {
				io.WriteString(c, "all of it")
				if !polite {
					wire.Close()
				}
			})
			c, err := Dialer{To: to, Secure: &TLS{&tls.Config{InsecureSkipVerify: true}}}.Dial(context.Background())
			if err != nil {
				t.Fatal(err)
			}
			b, err := io.ReadAll(c)
			if string(b) != "all of it" || (err == nil) != polite || !polite && !errors.Is(err, errCut) {
				t.Errorf("%s, close_notify %t: %q, %v", tls.VersionName(version), polite, b, err)
			}
			c.Close()
		}
	}
}

// The handshake with a peer that is silent, or does not speak TLS, ends in time.
func TestNoHandshake(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	to := Address{Network: "tcp"}.Bound(l.Addr())
	_, err = Dialer{To: to, Timeout: 50 * ms, Secure: &TLS{&tls.Config{InsecureSkipVerify: true}}}.Dial(context.Background())
	if err == nil || err.Error() != "no TLS handshake within --connect-timeout 50ms" || len(TLSHints(err, false, "")) != 1 {
		t.Errorf("a silent peer: %v, hints %q", err, TLSHints(err, false, ""))
	}
	go func() {
		l.Accept() // a silent peer
		if c, err := l.Accept(); err == nil {
			c.Read(make([]byte, 4096))
			c.Close() // a FIN
		}
		if c, err := l.Accept(); err == nil {
			c.Read(make([]byte, 1)) // the handshake has begun
			c.(*net.TCPConn).SetLinger(0)
			c.Close() // a RST
		}
		if c, err := l.Accept(); err == nil {
			io.WriteString(c, "220 ready\r\n")
			io.Copy(io.Discard, c)
		}
	}()
	const closed = "the peer closed the connection during the TLS handshake"
	for _, want := range []string{closed, closed, "the peer does not speak TLS"} {
		if _, err := (Dialer{To: to, Secure: &TLS{&tls.Config{InsecureSkipVerify: true}}}).Dial(context.Background()); err == nil || report.Reason(err) != want {
			t.Errorf("%v, want %q", err, want)
		}
	}
}
