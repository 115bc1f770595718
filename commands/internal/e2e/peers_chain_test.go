package e2e

import (
	"bufio"
	"fmt"
	"io"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"framecat/commands/internal/peers"
)

// Two framecats stand between a client and its server: listen accepts the client, and starts a
// send to the server for each connection. Neither client nor server notices.

// chain starts such a pair for a framing; sock is the socket of the server.
func chain(t *testing.T, spec, sock string) *listener {
	t.Helper()
	same := fmt.Sprintf("-f %s -i %s -o %s", spec, spec, spec)
	args := append([]string{"-k"}, strings.Fields(same)...)
	return listens(t, append(args, "--exec", "exec framecat send --retry 30s "+same+" unix:"+sock, "0")...)
}

// ends ends the chain, which must have reported nothing but its address.
func (l *listener) ends(t *testing.T) {
	t.Helper()
	l.stop()
	if got := strings.TrimSpace(l.errs.String()); got != "framecat: listening on "+l.address {
		t.Errorf("the chain reported %s", got)
	}
}

func TestPeerChainRedis(t *testing.T) {
	t.Parallel()
	cli := peers.Path(t, "redis-cli", "apt-get install redis-tools")
	sock := redisServer(t)
	l := chain(t, "resp", sock)
	redisSession(t, cli, l.port())
	l.ends(t)

	l = chain(t, "resp:inline", sock) // with --pipe, redis-cli sends an empty line
	pipe := strings.Repeat("*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$1\r\nv\r\n", 20_000)
	if got := runs(t, strings.NewReader(pipe), cli, "-p", l.port(), "--pipe"); !strings.Contains(got, "errors: 0, replies: 20000") {
		t.Errorf("redis-cli --pipe printed %q", got)
	}
	l.ends(t)
}

// redisSession runs redis-cli with a server.
func redisSession(t *testing.T, cli, port string) {
	t.Helper()
	long := strings.Repeat("x", 300_000)
	commands := "PING\nSET k '" + long + "'\nGET k\nNOSUCH\nHELLO 3\nHSET h a 1\nHGETALL h\nGET none\n"
	got := runs(t, strings.NewReader(commands), cli, "-p", port)
	if want := "PONG\nOK\n" + long + "\n"; !strings.HasPrefix(got, want) || !strings.Contains(got, "ERR unknown command") || !strings.HasSuffix(got, "\na 1\n\n") {
		t.Errorf("redis-cli printed %.300q", got)
	}
	if got := runs(t, nil, cli, "-p", port, "-r", "200", "INCR", t.Name()); !strings.HasSuffix(got, "\n200\n") {
		t.Errorf("redis-cli -r printed %.300q", got)
	}
	if got := runs(t, nil, cli, "-p", port, "QUIT"); got != "OK\n" { // the server closes
		t.Errorf("QUIT printed %q", got)
	}
}

func TestPeerChainPostgres(t *testing.T) {
	t.Parallel()
	psql := peers.Path(t, "psql", "apt-get install postgresql-client", "/usr/lib/postgresql/*/bin")
	l := chain(t, "postgres", postgresServer(t))
	for _, mode := range []string{"disable", "prefer"} { // prefer begins with a request for TLS
		postgresSession(t, psql, l.port(), mode)
	}
	if got := runs(t, nil, psql, "-X", "-A", "-t", "-c", "select n from generate_series(1, 200000) n", "host=127.0.0.1 port="+l.port()+" user=framecat dbname=postgres"); strings.Count(got, "\n") != 200_000 {
		t.Errorf("psql printed %d rows", strings.Count(got, "\n"))
	}
	refused, err := exec.Command(psql, "-X", "-c", "select 1", "host=127.0.0.1 port="+l.port()+" user=framecat dbname=none").CombinedOutput()
	if err == nil || !strings.Contains(string(refused), `database "none" does not exist`) {
		t.Errorf("a database that does not exist: %v, %s", err, refused)
	}
	l.ends(t)
}

// postgresSession runs psql with a server.
func postgresSession(t *testing.T, psql, port, mode string) {
	t.Helper()
	args := []string{"-X", "-A", "-t", "-q", "-v", "ON_ERROR_STOP=0", "host=127.0.0.1 port=" + port + " user=framecat dbname=postgres sslmode=" + mode}
	script := `select 6 * 7;
selec;
do $$begin raise notice 'hi'; end$$;
create temp table t (n int);
copy t from stdin;
1
2
\.
copy t to stdout;
select count(*), sum(n) from generate_series(1, 100000) n;
select repeat('x', 300000);
prepare p as select $1::int + 1;
execute p(41);
`
	cmd := exec.Command(psql, args...)
	cmd.Stdin = strings.NewReader(script)
	out, err := cmd.Output()
	if want := "42\n1\n2\n100000|5000050000\n" + strings.Repeat("x", 300000) + "\n42\n"; err != nil || string(out) != want {
		t.Errorf("sslmode %s: %v, psql printed %.300q", mode, err, out)
	}
	cancels(t, psql, args)
}

// cancels interrupts a query that has begun, for which psql makes a second connection.
func cancels(t *testing.T, psql string, args []string) {
	t.Helper()
	cmd := exec.Command(psql, append(args, "-c", "do $$begin raise notice 'begun'; perform pg_sleep(60); end$$")...)
	errs := must(cmd.StderrPipe())
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	late := time.AfterFunc(patience, func() { cmd.Process.Kill() })
	defer late.Stop()
	lines := bufio.NewReader(errs)
	if line, err := lines.ReadString('\n'); !strings.Contains(line, "begun") {
		t.Errorf("psql printed %q, %v", line, err)
	}
	cmd.Process.Signal(syscall.SIGINT)
	rest := string(must(io.ReadAll(lines)))
	if cmd.Wait(); !strings.Contains(rest, "canceling statement due to user request") {
		t.Errorf("an interrupted psql printed %q", rest)
	}
}

func TestPeerChainMosquitto(t *testing.T) {
	t.Parallel()
	pub := peers.Path(t, "mosquitto_pub", "apt-get install mosquitto-clients")
	sub := peers.Path(t, "mosquitto_sub", "apt-get install mosquitto-clients")
	l := chain(t, "mqtt", mosquittoServer(t))
	mosquittoSession(t, pub, sub, l.port())
	l.ends(t)
}

// mosquittoSession runs publishers and subscribers with a broker, in each version and quality of
// service.
func mosquittoSession(t *testing.T, pub, sub, port string) {
	t.Helper()
	for _, version := range []string{"311", "5"} {
		for _, qos := range []string{"0", "1", "2"} {
			topic := "t/" + version + "/" + qos
			args := []string{"-h", "127.0.0.1", "-p", port, "-V", version, "-q", qos, "-t", topic}
			runs(t, nil, pub, append(args, "-r", "-m", "kept")...)
			runs(t, strings.NewReader(strings.Repeat("a line\n", 200)), pub, append(args, "-l")...)
			got := make(chan string)
			go func() { got <- runs(t, nil, sub, append(args, "-C", "2", "-W", "30")...) }()
			last := ""
			for stop := false; !stop; { // until the subscriber, which may just be starting, has two messages
				runs(t, nil, pub, append(args, "-m", "news")...)
				select {
				case last = <-got:
					stop = true
				case <-time.After(10 * time.Millisecond):
				}
			}
			if last != "kept\nnews\n" {
				t.Errorf("MQTT %s, QoS %s: mosquitto_sub printed %q", version, qos, last)
			}
		}
	}
}
