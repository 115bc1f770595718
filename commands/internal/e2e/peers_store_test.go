package e2e

import (
	"bufio"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"framecat/commands/internal/peers"
)

func redis(t *testing.T) peer {
	t.Helper()
	return dial(t, "unix", redisServer(t))
}

// redisServer starts Redis and returns its socket.
func redisServer(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	sock := filepath.Join(dir, "redis.sock")
	serve(t, peers.Path(t, "redis-server", "apt-get install redis-server"),
		"--port", "0", "--unixsocket", sock, "--dir", dir, "--save", "", "--enable-debug-command", "yes")
	return sock
}

// Redis answers commands with every type of RESP3.
func TestPeerRedis(t *testing.T) {
	t.Parallel()
	p := redis(t)
	var commands, want []string
	for _, row := range [][]string{ // a command, and what it is answered with
		{"HELLO 3", "|%7\r\n$6\r\nserver\r\n$5\r\nredis\r\n$7\r\nversion\r\n$…\r\n…\r\n$5\r\nproto\r\n:3\r\n$2\r\nid\r\n:…\r\n$4\r\nmode\r\n$10\r\nstandalone\r\n$4\r\nrole\r\n$6\r\nmaster\r\n$7\r\nmodules\r\n*0\r\n"},
		{"SET a b", "|+OK\r\n"},
		{"GET a", "|$1\r\nb\r\n"},
		{"GET nothing", "|_\r\n"},
		{`SET line "1\r\n2"`, "|+OK\r\n"},
		{"GET line", "|$4\r\n1\r\n2\r\n"},
		{"SET empty ''", "|+OK\r\n"},
		{"GET empty", "|$0\r\n\r\n"},
		{"INCR n", "|:1\r\n"},
		{"INCR a", "|-ERR value is not an integer or out of range\r\n"},
		{"NOSUCH", "|-ERR unknown command 'NOSUCH', …\r\n"},
		{"HSET h k v", "|:1\r\n"},
		{"HGETALL h", "|%1\r\n$1\r\nk\r\n$1\r\nv\r\n"},
		{"SADD s x", "|:1\r\n"},
		{"SMEMBERS s", "|~1\r\n$1\r\nx\r\n"},
		{"ZADD z 2.5 m", "|:1\r\n"},
		{"ZSCORE z m", "|,2.5\r\n"},
		{"ZRANGE z 0 -1 WITHSCORES", "|*1\r\n*2\r\n$1\r\nm\r\n,2.5\r\n"},
		{"EVAL 'return {1,{2,{},\"x\"},false}' 0", "|*3\r\n:1\r\n*3\r\n:2\r\n*0\r\n$1\r\nx\r\n_\r\n"},
		{"DEBUG PROTOCOL true", "|#t\r\n"},
		{"DEBUG PROTOCOL false", "|#f\r\n"},
		{"DEBUG PROTOCOL double", "|,3.141\r\n"},
		{"DEBUG PROTOCOL bignum", "|(1234567999999999999999999999999999999\r\n"},
		{"DEBUG PROTOCOL verbatim", "|=29\r\ntxt:This is a verbatim\nstring\r\n"},
		{"DEBUG PROTOCOL set", "|~3\r\n:0\r\n:1\r\n:2\r\n"},
		{"DEBUG PROTOCOL map", "|%3\r\n:0\r\n#f\r\n:1\r\n#t\r\n:2\r\n#f\r\n"},
		{"DEBUG PROTOCOL attrib", "||1\r\n$14\r\nkey-popularity\r\n*2\r\n$7\r\nkey:123\r\n:90\r\n$39\r\nSome real reply following the attribute\r\n"},
		{"DEBUG PROTOCOL push", "|>2\r\n$16\r\nserver-cpu-usage\r\n:42\r\n", "|$40\r\nSome real reply following the push reply\r\n"},
		{"SUBSCRIBE c", "|>3\r\n$9\r\nsubscribe\r\n$1\r\nc\r\n:1\r\n"},
		{"PUBLISH c hi", "|>3\r\n$7\r\nmessage\r\n$1\r\nc\r\n$2\r\nhi\r\n", "|:1\r\n"},
		{"UNSUBSCRIBE c", "|>3\r\n$11\r\nunsubscribe\r\n$1\r\nc\r\n:0\r\n"},
		{"CLIENT TRACKING ON", "|+OK\r\n"},
		{"GET a", "|$1\r\nb\r\n"},
		{"SET a c", "|+OK\r\n", "|>2\r\n$10\r\ninvalidate\r\n*1\r\n$1\r\na\r\n"},
		{"HELLO 2", "|*14\r\n$6\r\nserver\r\n…"},
		{"GET nothing", "|$-1\r\n"},
		{"BLPOP nothing 0.01", "|*-1\r\n"},
		{"QUIT", "|+OK\r\n"},
	} {
		commands, want = append(commands, row[0]), append(want, row[1:]...)
	}
	wrote := p.ask(encode(t, "resp", commands...), "")
	expect(t, decode(t, "resp", wrote, 0), want...)
}

// A live stream: framecat reads from the connection itself, and each answer is out
// before the next question.
func TestPeerLive(t *testing.T) {
	t.Parallel()
	p := redis(t)
	cmd := exec.Command("framecat", "decode", "-f", "resp", "-o", "escaped")
	cmd.Stdin = must(p.conn.(*net.UnixConn).File())
	out := must(cmd.StdoutPipe())
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer cmd.Process.Kill()
	out.(*os.File).SetReadDeadline(time.Now().Add(patience))
	lines := bufio.NewReader(out)
	for _, row := range []struct{ command, answer string }{
		{"HELLO 3", `%7\r\n$6\r\nserver…\r\n`},
		{"PING", `+PONG\r\n`},
		{"ECHO hi", `$2\r\nhi\r\n`},
		{"SUBSCRIBE c d", `>3\r\n$9\r\nsubscribe\r\n$1\r\nc\r\n:1\r\n`},
		{"", `>3\r\n$9\r\nsubscribe\r\n$1\r\nd\r\n:2\r\n`},
		{"GET nothing", `_\r\n`},
		{"QUIT", `+OK\r\n`},
	} {
		if row.command != "" {
			p.conn.Write(encode(t, "resp", row.command))
		}
		line, err := lines.ReadString('\n')
		if err != nil || !alike(line, row.answer+"\n") {
			t.Fatalf("%s is answered with %q, %v; want %q", row.command, line, err, row.answer)
		}
	}
	if err := cmd.Wait(); err != nil {
		t.Error(err)
	}
}

// postgresServer starts PostgreSQL, which refuses to run as root, and returns its
// socket. With a certificate and its key it listens on TCP, and agrees to use TLS.
func postgresServer(t *testing.T, secure ...string) string {
	const debian = "/usr/lib/postgresql/*/bin"
	initdb, postgres := peers.Path(t, "initdb", "apt-get install postgresql", debian), peers.Path(t, "postgres", "apt-get install postgresql", debian)
	dir := t.TempDir()
	as := []string{initdb}
	if os.Getuid() == 0 {
		u, err := user.Lookup("postgres")
		if err != nil {
			peers.Missing(t, "apt-get install postgresql, or run the tests as another user than root")
		}
		setpriv := peers.Path(t, "setpriv", "apt-get install util-linux")
		as = []string{setpriv, "--reuid", u.Uid, "--regid", u.Gid, "--clear-groups", initdb}
		if err := os.Chmod(filepath.Dir(dir), 0o755); err != nil {
			t.Fatal(err)
		}
		for _, name := range append(secure, dir) {
			if err := os.Chown(name, must(strconv.Atoi(u.Uid)), -1); err != nil {
				t.Fatal(err)
			}
		}
	}
	data := filepath.Join(dir, "data")
	create := exec.Command(as[0], append(as[1:], "-D", data, "-U", "framecat", "-A", "trust", "-E", "UTF8", "--no-locale", "--no-sync")...)
	create.Dir = dir
	if out, err := create.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	as[len(as)-1] = postgres
	args, address := append(as[1:], "-D", data, "-k", dir, "-F", "-h"), filepath.Join(dir, ".s.PGSQL.5432")
	if len(secure) == 0 {
		args = append(args, "")
	} else {
		port := freePort(t)
		args = append(args, "127.0.0.1", "-p", port, "-c", "ssl=on", "-c", "ssl_cert_file="+secure[0], "-c", "ssl_key_file="+secure[1])
		address = "127.0.0.1:" + port
	}
	serve(t, as[0], args...)
	waitForFile(t, filepath.Join(data, "postmaster.pid"), "\nready")
	return address
}

// PostgreSQL's messages of a session: bare answers, startup, a simple query with a
// notice and an error, COPY both ways, an extended query.
func TestPeerPostgres(t *testing.T) {
	t.Parallel()
	sock := postgresServer(t)
	sendsPostgres(t, sock)
	p := dial(t, "unix", sock)
	startup := request(t, "postgres", "\x00\x00\x00\x00|\x00\x03\x00\x00user\x00framecat\x00database\x00postgres\x00\x00")
	const ready = "Z\x00\x00\x00\x05I"
	steps := []struct {
		request []byte
		last    string // bytes of the answer
		want    []string
	}{
		{request(t, "postgres", "\x00\x00\x00\x00|\x04\xd2\x16\x2f"), "N", []string{"N|"}}, // SSLRequest
		{request(t, "postgres", "\x00\x00\x00\x00|\x04\xd2\x16\x30"), "N", []string{"N|"}}, // GSSENCRequest
		{startup, ready, []string{"R\x00\x00\x00\x08|\x00\x00\x00\x00", "*S\x00\x00\x00…|…\x00…\x00", "K\x00\x00\x00\x0c|…", "Z\x00\x00\x00\x05|I"}},
		{framecat(t, []byte("select 1 as n, 'a|b', null\\0"), "encode", "-f", "postgres", "-i", "escaped"), ready, []string{
			"T\x00\x00\x00…|\x00\x03n\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x17\x00\x04\xff\xff\xff\xff\x00\x00?column?\x00…",
			"D\x00\x00\x00\x16|\x00\x03\x00\x00\x00\x011\x00\x00\x00\x03a|b\xff\xff\xff\xff", "C\x00\x00\x00\x0d|SELECT 1\x00", "Z\x00\x00\x00\x05|I"}},
		{request(t, "postgres", "Q\x00\x00\x00\x00|\x00"), ready, []string{"I\x00\x00\x00\x04|", "Z\x00\x00\x00\x05|I"}},
		{request(t, "postgres", "Q\x00\x00\x00\x00|selec\x00"), ready, []string{"E\x00\x00\x00…|SERROR\x00VERROR\x00C42601\x00Msyntax error…\x00\x00", "Z\x00\x00\x00\x05|I"}},
		{request(t, "postgres", "Q\x00\x00\x00\x00|do $$begin raise notice 'hi'; end$$\x00"), ready, []string{
			"N\x00\x00\x00…|SNOTICE\x00VNOTICE\x00C00000\x00Mhi\x00…", "C\x00\x00\x00\x07|DO\x00", "Z\x00\x00\x00\x05|I"}},
		{request(t, "postgres", "Q\x00\x00\x00\x00|set application_name = 'x'\x00"), ready, []string{
			"C\x00\x00\x00\x08|SET\x00", "S\x00\x00\x00\x17|application_name\x00x\x00", "Z\x00\x00\x00\x05|I"}},
		{request(t, "postgres", "Q\x00\x00\x00\x00|listen c; notify c, 'p'\x00"), ready, []string{
			"C\x00\x00\x00\x0b|LISTEN\x00", "C\x00\x00\x00\x0b|NOTIFY\x00", "A\x00\x00\x00\x0c|…c\x00p\x00", "Z\x00\x00\x00\x05|I"}},
		{request(t, "postgres", "Q\x00\x00\x00\x00|copy (select generate_series(1, 2)) to stdout\x00"), ready, []string{
			"H\x00\x00\x00\x09|\x00\x00\x01\x00\x00", "d\x00\x00\x00\x06|1\n", "d\x00\x00\x00\x06|2\n", "c\x00\x00\x00\x04|", "C\x00\x00\x00\x0b|COPY 2\x00", "Z\x00\x00\x00\x05|I"}},
		{request(t, "postgres", "Q\x00\x00\x00\x00|create temp table t (n int)\x00", "Q\x00\x00\x00\x00|copy t from stdin\x00", "d\x00\x00\x00\x00|7\n", "c\x00\x00\x00\x00|"), "COPY 1\x00" + ready, []string{
			"C\x00\x00\x00\x11|CREATE TABLE\x00", "Z\x00\x00\x00\x05|I", "G\x00\x00\x00\x09|\x00\x00\x01\x00\x00", "C\x00\x00\x00\x0b|COPY 1\x00", "Z\x00\x00\x00\x05|I"}},
		{request(t, "postgres:role=frontend", "P\x00\x00\x00\x00|\x00select $1::int\x00\x00\x00", "B\x00\x00\x00\x00|\x00\x00\x00\x00\x00\x01\x00\x00\x00\x0242\x00\x00",
			"D\x00\x00\x00\x00|P\x00", "E\x00\x00\x00\x00|\x00\x00\x00\x00\x00", "S\x00\x00\x00\x00|"), ready, []string{
			"1\x00\x00\x00\x04|", "2\x00\x00\x00\x04|", "T\x00\x00\x00\x1d|\x00\x01int4\x00…", "D\x00\x00\x00\x0c|\x00\x01\x00\x00\x00\x0242", "C\x00\x00\x00\x0d|SELECT 1\x00", "Z\x00\x00\x00\x05|I"}},
		{request(t, "postgres", "X\x00\x00\x00\x00|"), "", nil},
	}
	var wrote []byte
	var want []string
	for _, s := range steps {
		wrote, want = append(wrote, p.ask(s.request, s.last)...), append(want, s.want...)
	}
	expect(t, decode(t, "postgres", wrote, 0), want...)
}

// memcachedServer starts memcached, and returns its socket.
func memcachedServer(t *testing.T) string {
	sock := filepath.Join(t.TempDir(), "memcached.sock")
	serve(t, peers.Path(t, "memcached", "apt-get install memcached"), "-s", sock, "-u", must(user.Current()).Username)
	return sock
}

// Memcached's binary protocol: the reply repeats fields from the header of the request.
func TestPeerMemcached(t *testing.T) {
	t.Parallel()
	sock := memcachedServer(t)
	// magic opcode, lengths of key and extras, data type, status; of the body; opaque, cas
	const opaque, anyCAS, noCAS = "\x00\x00\x00\x2a", "…", "\x00\x00\x00\x00\x00\x00\x00\x00"
	const length = "\x00\x00\x00\x00" // framecat computes it
	wrote := dial(t, "unix", sock).ask(request(t, "memcached",
		"\x80\x0b\x00\x00\x00\x00\x00\x00"+length+opaque+noCAS+"|",                                         // Version
		"\x80\x01\x00\x03\x08\x00\x00\x00"+length+opaque+noCAS+"|\xde\xad\xbe\xef\x00\x00\x0e\x10keyhello", // Set
		"\x80\x00\x00\x03\x00\x00\x00\x00"+length+opaque+noCAS+"|key",                                      // Get
		"\x80\x0c\x00\x03\x00\x00\x00\x00"+length+opaque+noCAS+"|key",                                      // GetK
		"\x80\x09\x00\x04\x00\x00\x00\x00"+length+opaque+noCAS+"|none",                                     // GetQ says nothing
		"\x80\x00\x00\x04\x00\x00\x00\x00"+length+opaque+noCAS+"|none",                                     // Get
		"\x80\x0a\x00\x00\x00\x00\x00\x00"+length+opaque+noCAS+"|",                                         // No-op
		"\x80\x07\x00\x00\x00\x00\x00\x00"+length+opaque+noCAS+"|",                                         // Quit
	), "")
	expect(t, decode(t, "memcached", wrote, 0),
		"\x81\x0b\x00\x00\x00\x00\x00\x00\x00\x00\x00…"+opaque+noCAS+"|1.…",
		"\x81\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00"+opaque+anyCAS+"|",
		"\x81\x00\x00\x00\x04\x00\x00\x00\x00\x00\x00\x09"+opaque+anyCAS+"|\xde\xad\xbe\xefhello",
		"\x81\x0c\x00\x03\x04\x00\x00\x00\x00\x00\x00\x0c"+opaque+anyCAS+"|\xde\xad\xbe\xefkeyhello",
		"\x81\x00\x00\x00\x00\x00\x00\x01\x00\x00\x00\x09"+opaque+noCAS+"|Not found",
		"\x81\x0a\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00"+opaque+noCAS+"|",
		"\x81\x07\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00"+opaque+noCAS+"|")
}
