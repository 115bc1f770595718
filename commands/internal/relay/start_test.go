//go:build unix

package relay

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	crand "crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"framecat/commands/internal/link"
	"framecat/commands/internal/report"
)

// certificate makes a certificate for 127.0.0.1 that signs itself.
var certificate = sync.OnceValue(func() tls.Certificate {
	key, _ := ecdsa.GenerateKey(elliptic.P256(), crand.Reader)
	c := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour), IPAddresses: []net.IP{{127, 0, 0, 1}}}
	der, err := x509.CreateCertificate(crand.Reader, c, c, &key.PublicKey, key)
	if err != nil {
		panic(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
})

// serverTLS and clientTLS are the two ends of TLS.
func serverTLS() *link.TLS {
	return &link.TLS{Config: &tls.Config{Certificates: []tls.Certificate{certificate()}}}
}

func clientTLS() *link.TLS { return &link.TLS{Config: &tls.Config{InsecureSkipVerify: true}} }

// listenOn listens on a new address of a kind: "tcp", "unix", or "tls", which is TCP too.
func listenOn(t *testing.T, kind string) (net.Listener, link.Address) {
	t.Helper()
	word := "0"
	if kind == "unix" {
		word = "unix:" + filepath.Join(t.TempDir(), "s")
	}
	a, _, err := link.ParseAddress([]string{word})
	if err != nil {
		t.Fatal(err)
	}
	l, err := link.Listen(a, link.Files{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	return l, a.Bound(l.Addr())
}

// A relayed run is a relay that runs, and the listener of its target.
type relayed struct {
	t       *testing.T
	kinds   [2]string
	to      link.Address
	target  net.Listener
	errs    shared
	signals chan os.Signal
	timeout chan time.Time
	ended   chan bool
	totals  Totals
	err     error
}

// start starts a relay; kinds are those of the sides. Change may change the options.
func start(t *testing.T, kinds [2]string, change func(o *Options)) *relayed {
	t.Helper()
	r := &relayed{t: t, kinds: kinds, signals: make(chan os.Signal, 2), timeout: make(chan time.Time, 1), ended: make(chan bool)}
	o := Options{MaxConns: 100, Drain: patience, Report: &report.Reporter{W: &r.errs, Marks: report.NewStyle(false), Clear: func() {}, Verbose: true}}
	o.Report.Getenv = func(string) string { return "" }
	o.Listener, r.to = listenOn(t, kinds[0])
	r.target, o.Target.To = listenOn(t, kinds[1])
	if kinds[0] == "tls" {
		o.Secure = serverTLS()
	}
	if kinds[1] == "tls" {
		o.Target.Secure = clientTLS()
	}
	if change != nil {
		change(&o)
	}
	go func() {
		defer close(r.ended)
		r.totals, r.err = Run(o, r.signals, r.timeout)
	}()
	t.Cleanup(r.stop)
	return r
}

// wait waits for the end of the run.
func (r *relayed) wait() {
	r.t.Helper()
	select {
	case <-r.ended:
	case <-time.After(patience):
		r.t.Fatalf("the relay does not end; stderr %s", r.errs.String())
	}
}

// stop ends the run at once.
func (r *relayed) stop() {
	select {
	case <-r.ended:
	default:
		r.signals <- syscall.SIGTERM
		r.signals <- syscall.SIGTERM
		r.wait()
	}
}

// connect makes a connection through the relay.
func (r *relayed) connect() (c, s net.Conn) {
	r.t.Helper()
	c = r.dial()
	nc, err := r.target.Accept()
	if err == nil && r.kinds[1] == "tls" {
		nc, err = serverTLS().Server(r.t.Context(), nc)
	}
	if err != nil {
		r.t.Fatal(err)
	}
	r.t.Cleanup(func() { nc.Close() })
	nc.SetDeadline(time.Now().Add(patience))
	return c, nc
}

// dial connects to the relay.
func (r *relayed) dial() net.Conn {
	r.t.Helper()
	d := link.Dialer{To: r.to}
	if r.kinds[0] == "tls" {
		d.Secure = clientTLS()
	}
	c, err := d.Dial(r.t.Context())
	if err != nil {
		r.t.Fatal(err)
	}
	r.t.Cleanup(func() { c.Close() })
	c.SetDeadline(time.Now().Add(patience))
	return c
}

// says waits until the relay has printed something.
func (r *relayed) says(want string) {
	r.t.Helper()
	for end := time.Now().Add(patience); !strings.Contains(r.errs.String(), want); time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			r.t.Fatalf("stderr %q, want %q", r.errs.String(), want)
		}
	}
}
