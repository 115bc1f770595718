package link

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"os"
	"strings"

	"framecat/commands/internal/report"
)

// TLS makes connections secure, with one configuration.
type TLS struct{ Config *tls.Config }

// ReadPair reads a certificate and its private key from two files, or from cert if key is "".
// Its error is a *report.Failure.
func ReadPair(cert, key string) (pair tls.Certificate, err error) {
	if key == "" {
		key = cert
	}
	text, err := os.ReadFile(cert)
	if err != nil {
		return pair, &report.Failure{Status: report.StatusIO, Text: cert + ": " + report.Reason(err)}
	}
	secret, err := os.ReadFile(key)
	if err != nil {
		return pair, &report.Failure{Status: report.StatusIO, Text: key + ": " + report.Reason(err)}
	}
	if pair, err = tls.X509KeyPair(text, secret); err == nil {
		return pair, nil
	}
	f := &report.Failure{Status: report.StatusIO, Text: cert + ": " + report.TLSReason(err)}
	if key != cert {
		f.Text = cert + " and " + key + ": " + report.TLSReason(err)
	}
	isKey := func(b *pem.Block) bool { return strings.HasSuffix(b.Type, "PRIVATE KEY") }
	switch {
	case !hasBlock(text, func(b *pem.Block) bool { return b.Type == "CERTIFICATE" }):
		f.Text = cert + ": the file has no certificate"
		if strings.HasPrefix(string(text), "0\x82") {
			f.Hints = []string{"the file looks like DER; convert it: openssl x509 -inform DER -in FILE -out cert.pem"}
		}
	case !hasBlock(secret, isKey):
		f.Text = key + ": the file has no private key"
		if key == cert {
			f.Hints = []string{"name the file of the private key with --key FILE"}
		}
	case hasBlock(secret, func(b *pem.Block) bool {
		return isKey(b) && (strings.HasPrefix(b.Type, "ENCRYPTED") || b.Headers["DEK-Info"] != "")
	}):
		f.Text = key + ": the private key is encrypted"
		f.Hints = []string{"decrypt it: openssl pkey -in FILE -out plain.pem"}
	}
	return pair, f
}

// hasBlock reports whether a PEM file has a block for which match is true.
func hasBlock(text []byte, match func(*pem.Block) bool) bool {
	for {
		block, rest := pem.Decode(text)
		if block == nil {
			return false
		}
		if match(block) {
			return true
		}
		text = rest
	}
}

// ReadPool reads the certificates of authorities; it returns nil if file is "". Its error is
// a *report.Failure.
func ReadPool(file string) (*x509.CertPool, error) {
	if file == "" {
		return nil, nil
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, &report.Failure{Status: report.StatusIO, Text: report.OneLine(file) + ": " + report.Reason(err)}
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(text) {
		return nil, &report.Failure{Status: report.StatusIO, Text: file + ": the file has no certificate"}
	}
	return pool, nil
}
