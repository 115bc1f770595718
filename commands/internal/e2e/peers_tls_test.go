package e2e

import (
	"bytes"
	"io"
	"os/exec"
	"strings"
	"testing"

	"framecat/commands/internal/peers"
)

// certificate makes one, as the hint of listen --tls says.
func certificate(t *testing.T, openssl, name string) (cert, key string) {
	t.Helper()
	dir := t.TempDir()
	cert, key = dir+"/cert.pem", dir+"/key.pem"
	runs(t, nil, openssl, "req", "-x509", "-newkey", "ed25519", "-nodes", "-subj", "/CN="+name,
		"-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1", "-keyout", key, "-out", cert)
	return cert, key
}

// OpenSSL's server: it checks our certificate, and we check its.
func TestPeerOpenSSLServer(t *testing.T) {
	t.Parallel()
	openssl := peers.Path(t, "openssl", "apt-get install openssl")
	cert, key := certificate(t, openssl, "localhost")
	theirs, theirKey := certificate(t, openssl, "client")
	for _, version := range []string{"-tls1_2", "-tls1_3"} {
		port := freePort(t)
		// With -rev it sends each line back, reversed.
		serve(t, openssl, "s_server", "-accept", "127.0.0.1:"+port, version, "-cert", cert, "-key", key, "-rev",
			"-Verify", "1", "-verify_return_error", "-CAfile", theirs)
		if got := asks(t, nil, "-f", "lines", "--ca", cert, "--cert", theirs, "--key", theirKey, "--lockstep", "tls://localhost:"+port, "-m", "hello", "-m", "world"); got != "olleh\ndlrow\n" {
			t.Errorf("%s: send prints %q", version, got)
		}
		for _, row := range []struct{ args, stderr string }{
			{"--cert " + theirs + " --key " + theirKey, "…the peer's certificate is signed by an unknown authority\nframecat: hint: to trust the authority that signed it, use --ca FILE\n"},
			{"--cert " + theirs + " --key " + theirKey + " --ca " + cert + " --server-name other.test", "…the peer's certificate is for localhost, 127.0.0.1, not for other.test\nframecat: hint: to expect another name, use --server-name NAME\n"},
			{"--ca " + cert, "framecat: tls://127.0.0.1:…: the peer reports: …\n"},
		} {
			out, stderr, status := runFramecat(t, nil, append([]string{"send", "-f", "lines", "-m", "hello", "--expect", "1", "tls://127.0.0.1:" + port}, strings.Fields(row.args)...)...)
			if status != 1 || len(out) > 0 || !alike(stderr, row.stderr) {
				t.Errorf("%s %s: status %d, stdout %q, stderr %q, want %q", version, row.args, status, out, stderr, row.stderr)
			}
		}
	}
}

// OpenSSL's client: listen answers it if it shows a certificate, and only then.
func TestPeerOpenSSLClient(t *testing.T) {
	t.Parallel()
	openssl := peers.Path(t, "openssl", "apt-get install openssl")
	cert, key := certificate(t, openssl, "localhost")
	theirs, theirKey := certificate(t, openssl, "client")
	l := listens(t, "-k", "--echo", "--cert", cert, "--key", key, "--client-ca", theirs, "tls://127.0.0.1:0")
	asked := encode(t, "u32be", "hello", "", "end")
	for _, version := range []string{"-tls1_2", "-tls1_3"} {
		got := converses(t, asked, openssl, "s_client", "-connect", "127.0.0.1:"+l.port(), version, "-quiet", "-no_ign_eof",
			"-CAfile", cert, "-verify_return_error", "-cert", theirs, "-key", theirKey)
		if got != string(asked) {
			t.Errorf("%s: the client got %q back, want %q", version, got, asked)
		}
	}
	out, err := exec.Command(openssl, "s_client", "-connect", "127.0.0.1:"+l.port(), "-CAfile", cert, "-ign_eof").CombinedOutput()
	if err == nil && !strings.Contains(string(out), "certificate required") {
		t.Errorf("a client without a certificate: %s", out)
	}
	if got := l.stop(); got != strings.Repeat("hello\n\nend\n", 2) {
		t.Errorf("listen prints %q", got)
	}
	if got := l.errs.String(); !strings.Contains(got, "conn 3 127.0.0.1:") || strings.Contains(got, "conn 1") {
		t.Errorf("stderr is %q", got)
	}
}

// converses runs a client and ends its input when what was asked has come back.
func converses(t *testing.T, asked []byte, name string, args ...string) string {
	t.Helper()
	cmd := exec.Command(name, args...)
	in, out := must(cmd.StdinPipe()), must(cmd.StdoutPipe())
	var errs bytes.Buffer
	cmd.Stderr = &errs
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	in.Write(asked)
	got := make([]byte, len(asked))
	io.ReadFull(out, got)
	in.Close()
	rest, _ := io.ReadAll(out)
	if err := cmd.Wait(); err != nil {
		t.Errorf("%s: %v\n%s", name, err, &errs)
	}
	return string(got) + string(rest)
}
