package commands

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
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

// An authority makes the certificates for a test.
type authority struct {
	t    *testing.T
	dir  string
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
	n    int64
}

func newAuthority(t *testing.T) *authority {
	a := &authority{t: t, dir: t.TempDir()}
	a.cert, a.key = a.issue("ca", &x509.Certificate{IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign})
	return a
}

func (a *authority) file(name string) string { return filepath.Join(a.dir, name+".pem") }

// issue writes a certificate and its key to one file.
func (a *authority) issue(name string, c *x509.Certificate) (*x509.Certificate, *ecdsa.PrivateKey) {
	a.t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		a.t.Fatal(err)
	}
	a.n++
	c.SerialNumber, c.Subject = big.NewInt(a.n), pkix.Name{CommonName: name}
	c.NotBefore, c.NotAfter = time.Now().Add(-time.Hour), time.Now().Add(time.Hour)
	parent, signer := a.cert, a.key
	if parent == nil {
		parent, signer = c, key
	}
	der, err := x509.CreateCertificate(rand.Reader, c, parent, &key.PublicKey, signer)
	if err != nil {
		a.t.Fatal(err)
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		a.t.Fatal(err)
	}
	text := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
	text = append(text, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: private})...)
	if err := os.WriteFile(a.file(name), text, 0o600); err != nil {
		a.t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		a.t.Fatal(err)
	}
	return cert, key
}

func (a *authority) server(name string) {
	a.issue(name, &x509.Certificate{DNSNames: []string{"localhost"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}})
}

func (a *authority) client(name string) {
	a.issue(name, &x509.Certificate{ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}})
}

func TestTLS(t *testing.T) {
	a, other := newAuthority(t), newAuthority(t)
	a.server("server")
	a.client("client")
	other.client("stranger")
	bare := filepath.Join(t.TempDir(), "bare.pem")
	whole, err := os.ReadFile(a.file("client"))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(bare, whole[:bytes.Index(whole, []byte("-----BEGIN PRIVATE"))], 0o600); err != nil {
		t.Fatal(err)
	}
	locked, der := filepath.Join(t.TempDir(), "locked.pem"), filepath.Join(t.TempDir(), "cert.der")
	block := pem.Block{Type: "EC PRIVATE KEY", Headers: map[string]string{"Proc-Type": "4,ENCRYPTED", "DEK-Info": "AES-128-CBC,00"}, Bytes: []byte("secret")}
	for name, b := range map[string][]byte{locked: pem.EncodeToMemory(&block), der: a.cert.Raw} {
		if err := os.WriteFile(name, b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	open := startNet(t, nil, "listen", "-k", "--echo", "--cert", a.file("server"), "0")
	closed := startNet(t, nil, "listen", "-k", "--echo", "--cert", a.file("server"), "--client-ca", a.file("ca"), "tls://localhost:0")
	if !strings.HasPrefix(open.addr, "tls://127.0.0.1:") {
		t.Fatalf("the address is %s", open.addr)
	}
	_, port, _ := net.SplitHostPort(strings.TrimPrefix(open.addr, "tls://"))
	rows := []struct {
		name   string
		addr   string
		args   []string
		status int
		stdout string
		stderr string
	}{
		{"verified", open.addr, []string{"--ca", a.file("ca")}, 0, "hi\n", ""},
		{"by name", "localhost:" + port, []string{"--tls", "--ca", a.file("ca")}, 0, "hi\n", ""},
		{"an unknown authority", open.addr, nil, report.StatusIO, "", "hint: to trust the authority that signed it, use --ca FILE"},
		{"another authority", open.addr, []string{"--ca", other.file("ca")}, report.StatusIO, "", "the peer's certificate is signed by an unknown authority"},
		{"another name", open.addr, []string{"--ca", a.file("ca"), "--server-name", "example.org"}, report.StatusIO, "", "the peer's certificate is for localhost, 127.0.0.1, not for example.org\nframecat: hint: to expect another name, use --server-name NAME"},
		{"not verified", open.addr, []string{"--insecure"}, 0, "hi\n", "--insecure: the peer's certificate is not checked"},
		{"not verified, quiet", open.addr, []string{"--insecure", "-q"}, 0, "hi\n", "--insecure: the peer's certificate is not checked"},
		{"a client certificate", closed.addr, []string{"--ca", a.file("ca"), "--cert", a.file("client")}, 0, "hi\n", ""},
		{"no client certificate", closed.addr, []string{"--ca", a.file("ca")}, report.StatusIO, "", "certificate required"},
		{"a stranger's certificate", closed.addr, []string{"--ca", a.file("ca"), "--cert", other.file("stranger")}, report.StatusIO, "", "the peer reports: "},
		{"a certificate without its key", open.addr, []string{"--cert", bare}, report.StatusIO, "", bare + ": the file has no private key\nframecat: hint: name the file of the private key with --key FILE"},
		{"a file without a key", open.addr, []string{"--cert", a.file("client"), "--key", bare}, report.StatusIO, "", bare + ": the file has no private key\n"},
		{"the key of another", open.addr, []string{"--cert", a.file("client"), "--key", other.file("stranger")}, report.StatusIO, "",
			a.file("client") + " and " + other.file("stranger") + ": private key does not match public key"},
		{"an encrypted key", open.addr, []string{"--cert", a.file("client"), "--key", locked}, report.StatusIO, "", locked + ": the private key is encrypted\nframecat: hint: decrypt it: openssl pkey"},
		{"not PEM", open.addr, []string{"--cert", der}, report.StatusIO, "", der + ": the file has no certificate\nframecat: hint: the file looks like DER; convert it: openssl x509"},
	}
	for _, row := range rows {
		r := startNet(t, nil, append([]string{"send", row.addr, "-m", "hi"}, row.args...)...)
		t.Run(row.name, func(t *testing.T) {
			r.t = t
			r.want(row.status, row.stdout, row.stderr)
		})
	}
	for _, said := range []string{
		"the peer's certificate is signed by an unknown authority\nframecat: hint: to trust the authority that signed it, use --client-ca FILE",
		"client didn't provide a certificate",
	} {
		eventually(t, said, func() bool { return strings.Contains(closed.errors(), said) })
	}
	// A client that does not speak TLS is reported; the server goes on.
	c := dialTest(t, strings.TrimPrefix(open.addr, "tls://"))
	c.Write([]byte("GET / HTTP/1.1\r\n\r\n"))
	readAll(c)
	eventually(t, "the report", func() bool { return strings.Contains(open.errors(), "the peer does not speak TLS") })
	old, err := tls.Dial("tcp", strings.TrimPrefix(open.addr, "tls://"), &tls.Config{MaxVersion: tls.VersionTLS11, InsecureSkipVerify: true})
	if err == nil {
		old.Close()
		t.Error("TLS 1.1 is accepted")
	}
	open.stop()
	closed.stop()
}

// A TLS stream that was cut is an error, even if it was cut between two frames.
func TestTLSCut(t *testing.T) {
	a := newAuthority(t)
	a.server("server")
	pair, err := tls.LoadX509KeyPair(a.file("server"), a.file("server"))
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range []struct {
		name    string
		version uint16
		polite  bool
		status  int
		stderr  string
	}{
		{"1.3 close_notify", tls.VersionTLS13, true, 0, ""},
		{"1.3 cut", tls.VersionTLS13, false, report.StatusIO, "ended without close_notify"},
		{"1.2 close_notify", tls.VersionTLS12, true, 0, ""},
		{"1.2 cut", tls.VersionTLS12, false, report.StatusIO, "ended without close_notify"},
	} {
		addr := serveTest(t, func(raw *net.TCPConn) {
			c := tls.Server(raw, &tls.Config{Certificates: []tls.Certificate{pair}, MaxVersion: row.version})
			io.ReadFull(c, make([]byte, 6))
			c.Write(frames("whole"))
			if row.polite {
				c.Close()
			} else {
				raw.CloseWrite()
				io.Copy(io.Discard, raw)
			}
		})
		r := startNet(t, nil, "send", "--tls", "--ca", a.file("ca"), addr, "-m", "hi")
		t.Run("send "+row.name, func(t *testing.T) {
			r.t = t
			r.want(row.status, "whole\n", row.stderr)
		})

		l := startNet(t, nil, "listen", "--cert", a.file("server"), "0")
		raw := dialTest(t, strings.TrimPrefix(l.addr, "tls://"))
		c := tls.Client(raw, &tls.Config{InsecureSkipVerify: true, MaxVersion: row.version})
		c.Write(frames("whole"))
		eventually(t, "the message", func() bool { return l.output() == "whole\n" })
		if row.polite {
			c.Close()
		} else {
			raw.Close()
		}
		t.Run("listen "+row.name, func(t *testing.T) {
			l.t = t
			l.want(row.status, "whole\n", row.stderr)
		})
	}
}
