package commands

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"os"
	"strings"

	"github.com/urfave/cli/v2"

	"framecat/commands/internal/report"
)

// The flags of TLS. Each of them asks for it, so that none is given in vain.
var tlsFlags = []cli.Flag{
	&cli.BoolFlag{Name: "tls", Usage: "use TLS, as tls://HOST:PORT does"},
	&cli.StringFlag{Name: "ca", Usage: "`FILE`: trust the authorities in it, no others"},
	&cli.StringFlag{Name: "cert", Usage: "`FILE`: show this certificate"},
	&cli.StringFlag{Name: "key", DefaultText: "that of --cert", Usage: "`FILE`: its private key"},
}

var (
	insecureFlag   = &cli.BoolFlag{Name: "insecure", Usage: "take any certificate: anyone may listen in"}
	serverNameFlag = &cli.StringFlag{Name: "server-name", DefaultText: "the host", Usage: "`NAME`: expect a certificate for it"}
	clientCAFlag   = &cli.StringFlag{Name: "client-ca", Usage: "`FILE`: clients must show a certificate issued by these"}
)

// tlsSettings are those of one run.
type tlsSettings struct{ config *tls.Config }

// readTLS reads the flags of TLS; nil if it is not wanted. What it has to say about
// files is no usage error, but like one it comes before any connection.
func readTLS(c *cli.Context, a *address, listening bool, r *report.Reporter) (*tlsSettings, error) {
	wanted := a.tls
	for _, name := range []string{"tls", "ca", "cert", "key", "insecure", "server-name", "client-ca"} {
		wanted = wanted || c.IsSet(name)
	}
	if !wanted {
		return nil, nil
	}
	a.tls = true
	conf := &tls.Config{MinVersion: tls.VersionTLS12}
	if c.Bool("insecure") {
		conf.InsecureSkipVerify = true
		r.Warn("--insecure: the peer's certificate is not checked, anyone may listen in")
	}
	if err := readCertificates(c, conf, listening); err != nil {
		return nil, err
	}
	if listening {
		return &tlsSettings{conf}, nil
	}
	switch name := c.String("server-name"); {
	case name != "":
		conf.ServerName = name
	case a.network == "unix" && !conf.InsecureSkipVerify:
		return nil, report.Usage("TLS over a unix socket needs --server-name, or --insecure")
	case a.host == "":
		conf.ServerName = "127.0.0.1"
	default:
		conf.ServerName = a.host
	}
	return &tlsSettings{conf}, nil
}

func readCertificates(c *cli.Context, conf *tls.Config, listening bool) (err error) {
	cert, key := c.String("cert"), c.String("key")
	switch {
	case cert == "" && key != "":
		return report.Usage("--key needs --cert")
	case cert == "" && listening:
		f := report.Usage("%s needs a certificate: --cert FILE and --key FILE", askedBy(c))
		f.Hints = []string{"for a trial: openssl req -x509 -newkey ed25519 -nodes -subj /CN=localhost " +
			"-addext subjectAltName=DNS:localhost,IP:127.0.0.1 -keyout key.pem -out cert.pem"}
		return f
	case cert != "":
		pair, err := readPair(cert, key)
		if err != nil {
			return err
		}
		conf.Certificates = []tls.Certificate{pair}
		// Shown even if the peer names other authorities: it is the one to say what is wrong.
		conf.GetClientCertificate = func(*tls.CertificateRequestInfo) (*tls.Certificate, error) { return &pair, nil }
	}
	if conf.RootCAs, err = readPool(c.String("ca")); err != nil {
		return err
	}
	if conf.ClientCAs, err = readPool(c.String("client-ca")); err != nil {
		return err
	}
	if conf.ClientCAs != nil {
		conf.ClientAuth = tls.RequireAndVerifyClientCert
	}
	return nil
}

// askedBy is TLS, with the flag that asked for it if its name does not say so.
func askedBy(c *cli.Context) string {
	for _, name := range []string{"ca", "client-ca"} {
		if c.IsSet(name) && !c.Bool("tls") {
			return "--" + name + " asks for TLS, which"
		}
	}
	return "TLS"
}

// readPair reads a certificate and its key, which may be in the same file.
func readPair(cert, key string) (pair tls.Certificate, err error) {
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

// readPool reads authorities; without a file it is nil.
func readPool(file string) (*x509.CertPool, error) {
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
