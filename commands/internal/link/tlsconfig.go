package link

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"os"
	"strings"

	"framecat/commands/internal/report"
)

// TLS are those of one run.
type TLS struct{ Config *tls.Config }

// ReadPair reads a certificate and its key, which may be in the same file.
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
	case !holds(text, func(b *pem.Block) bool { return b.Type == "CERTIFICATE" }):
		f.Text = cert + ": there is no certificate in it"
		if strings.HasPrefix(string(text), "0\x82") {
			f.Hints = []string{"it looks like DER: openssl x509 -inform DER -in FILE -out cert.pem"}
		}
	case !holds(secret, isKey):
		f.Text = key + ": there is no private key in it"
		if key == cert {
			f.Hints = []string{"--key FILE names the file of the key"}
		}
	case holds(secret, func(b *pem.Block) bool {
		return isKey(b) && (strings.HasPrefix(b.Type, "ENCRYPTED") || b.Headers["DEK-Info"] != "")
	}):
		f.Text = key + ": the private key is encrypted"
		f.Hints = []string{"openssl pkey writes it plain: openssl pkey -in FILE -out plain.pem"}
	}
	return pair, f
}

// holds says whether a PEM file has a block like that.
func holds(text []byte, like func(*pem.Block) bool) bool {
	for {
		block, rest := pem.Decode(text)
		if block == nil {
			return false
		}
		if like(block) {
			return true
		}
		text = rest
	}
}

// ReadPool reads authorities; without a file it is nil.
func ReadPool(file string) (*x509.CertPool, error) {
	if file == "" {
		return nil, nil
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, &report.Failure{Status: report.StatusIO, Text: file + ": " + report.Reason(err)}
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(text) {
		return nil, &report.Failure{Status: report.StatusIO, Text: file + ": there is no certificate in it"}
	}
	return pool, nil
}
