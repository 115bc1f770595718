package commands

import (
	"crypto/tls"

	"github.com/urfave/cli/v2"

	"framecat/commands/internal/link"
	"framecat/commands/internal/report"
)

// readTLS reads the flags of TLS; prefix is what their names begin with. It returns nil if TLS is
// not wanted. Errors about files are reported here too, before there is a connection.
func readTLS(c *cli.Context, a *link.Address, listening bool, prefix string, r *report.Reporter) (*link.TLS, error) {
	wanted := a.TLS
	for _, name := range []string{"tls", "ca", "cert", "key", "insecure", "server-name", "client-ca"} {
		wanted = wanted || c.IsSet(prefix+name)
	}
	if !wanted {
		return nil, nil
	}
	if err := a.CheckTLS(); err != nil {
		return nil, err
	}
	a.TLS = true
	conf := &tls.Config{MinVersion: tls.VersionTLS12}
	if c.Bool(prefix + "insecure") {
		conf.InsecureSkipVerify = true
		r.Warn("--" + prefix + "insecure: the peer's certificate is not checked; others may read the traffic")
	}
	if err := readCertificates(c, conf, listening, prefix); err != nil {
		return nil, err
	}
	if listening {
		return &link.TLS{Config: conf}, nil
	}
	switch name := c.String(prefix + "server-name"); {
	case name != "":
		conf.ServerName = name
	case a.Network != "tcp" && !conf.InsecureSkipVerify:
		return nil, report.Usage("TLS over this socket, which has no host name, needs --%sserver-name or --%[1]sinsecure", prefix)
	case a.Host == "":
		conf.ServerName = "127.0.0.1"
	default:
		conf.ServerName = a.Host
	}
	return &link.TLS{Config: conf}, nil
}

// readCertificates reads the files of certificates and keys.
func readCertificates(c *cli.Context, conf *tls.Config, listening bool, prefix string) (err error) {
	cert, key := c.String(prefix+"cert"), c.String(prefix+"key")
	switch {
	case cert == "" && key != "":
		return report.Usage("--%skey needs --%[1]scert", prefix)
	case cert == "" && listening:
		f := report.Usage("%s needs a certificate: --cert FILE and --key FILE", askedBy(c))
		f.Hints = []string{"to make one for a test: openssl req -x509 -newkey ed25519 -nodes -subj /CN=localhost " +
			"-addext subjectAltName=DNS:localhost,IP:127.0.0.1 -keyout key.pem -out cert.pem"}
		return f
	case cert != "":
		pair, err := link.ReadPair(cert, key)
		if err != nil {
			return err
		}
		conf.Certificates = []tls.Certificate{pair}
		// Present the certificate even if the peer asks for other authorities: then the peer
		// reports what is wrong.
		conf.GetClientCertificate = func(*tls.CertificateRequestInfo) (*tls.Certificate, error) { return &pair, nil }
	}
	if conf.RootCAs, err = link.ReadPool(c.String(prefix + "ca")); err != nil {
		return err
	}
	if conf.ClientCAs, err = link.ReadPool(c.String(prefix + "client-ca")); err != nil {
		return err
	}
	if conf.ClientCAs != nil {
		conf.ClientAuth = tls.RequireAndVerifyClientCert
	}
	return nil
}

// askedBy returns "TLS", with the flag that turned it on if the name of the flag does not say
// so.
func askedBy(c *cli.Context) string {
	for _, name := range []string{"ca", "client-ca"} {
		if c.IsSet(name) && !c.Bool("tls") {
			return "--" + name + " turns TLS on, which"
		}
	}
	return "TLS"
}
