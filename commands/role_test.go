package commands

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"framecat/commands/internal/peers"
)

// typesOf returns the types of the frames in JSON records, by direction.
func typesOf(t *testing.T, out string) map[string][]string {
	t.Helper()
	all := map[string][]string{}
	for line := range strings.Lines(out) {
		var r struct {
			Type, Direction string
			Fields          struct{ Type string }
		}
		if err := json.Unmarshal([]byte(line), &r); err != nil {
			t.Fatal(err, line)
		}
		if r.Type == "frame" {
			all[r.Direction] = append(all[r.Direction], r.Fields.Type)
		}
	}
	return all
}

// Each end of a connection uses its own names for the types of messages, however they are read.
func TestRolesFollowDirections(t *testing.T) {
	t.Parallel()
	const file = captures + "pcap_vlan.pcap"
	want := typesOf(t, recordsOf(t, "decode", "-f", "postgres:role=frontend", "--direction", "c2s", "-o", "json", file))
	want["s2c"] = typesOf(t, recordsOf(t, "decode", "-f", "postgres:role=backend", "--direction", "s2c", "-o", "json", file))["s2c"]
	if len(want["c2s"]) == 0 || !slices.Contains(want["c2s"], "Execute") || !slices.Contains(want["s2c"], "DataRow") {
		t.Fatal(want)
	}
	for spec, commands := range map[string][]string{
		"postgres": {"decode", "decode --direction c2s", "decode --direction s2c", "inspect", "inspect --by time", "inspect --direction s2c", "inspect --by time --direction c2s"},
		"auto":     {"decode", "inspect --by time", "inspect --direction s2c"},
	} {
		for _, args := range commands {
			words := append(strings.Fields(args), "-f", spec, "-o", "json")
			check := func(how string, out string) {
				t.Helper()
				got := typesOf(t, out)
				for _, dir := range []string{"c2s", "s2c"} {
					if slices.Contains(words, "--direction") && !slices.Contains(words, dir) {
						continue
					}
					if !slices.Equal(got[dir], want[dir]) {
						t.Errorf("%v %s: %d types of %s, want %d, or others", words, how, len(got[dir]), dir, len(want[dir]))
					}
				}
			}
			check("of a file", recordsOf(t, append(words, file)...))
			in, err := os.Open(file)
			if err != nil {
				t.Fatal(err)
			}
			if spec != "auto" { // a pipe shows less of a stream before its framing must be found
				check("of a pipe", throughPipe(t, in, append(words, "-"), nil))
			}
			in.Close()
		}
	}
}

// recordsOf runs a command that succeeds.
func recordsOf(t *testing.T, args ...string) string {
	t.Helper()
	out, errs, status := run(t, "", args...)
	if status != 0 {
		t.Fatalf("%v: status %d, %s", args, status, errs)
	}
	return out
}

// A stream that nobody is known to have sent has the names of a server, or of the role that is
// given. So does a stream of a connection whose role is given.
func TestRolesThatAreGiven(t *testing.T) {
	const execute = "E\x00\x00\x00\x09\x00\x00\x00\x00\x00"
	raw := tempFile(t, execute).Name()
	dump := filepath.Join(t.TempDir(), "dump")
	os.WriteFile(dump, []byte("00000000: 4500 0000 0900 0000 0000                 E.........\n"), 0o666)
	for _, row := range []struct{ spec, file, want string }{
		{"postgres", raw, "ErrorResponse"}, {"postgres:role=backend", raw, "ErrorResponse"}, {"postgres:role=frontend", raw, "Execute"},
		{"postgres", dump, "ErrorResponse"}, {"postgres:role=frontend", dump, "Execute"},
	} {
		for _, command := range [][]string{{"decode"}, {"inspect"}, {"inspect", "--by", "time"}} {
			args := append(command, "-f", row.spec, "-o", "json", row.file)
			if got := typesOf(t, recordsOf(t, args...))[""]; !slices.Equal(got, []string{row.want}) {
				t.Errorf("%v: %v, want %s", args, got, row.want)
			}
		}
	}
	out := recordsOf(t, "decode", "-f", "postgres:role=backend", "--direction", "c2s", "-o", "json", "--where", "type=ErrorResponse", captures+"pcap_vlan.pcap")
	if n := strings.Count(out, "\n"); n != 840 {
		t.Errorf("role=backend gives %d messages of a client the name of a server's", n)
	}
}

// Both ends of a connection have a framing of the same name, which is right for both.
func TestRolesAreNotFound(t *testing.T) {
	t.Parallel()
	for _, args := range []string{
		"inspect pcap_vlan.pcap", "inspect --by time pcap_vlan.pcap", "inspect --list pcap_interleaved.pcap",
		"inspect --list -o json pcap_vlan.pcap", "decode -o json pcap_vlan.pcap", "inspect --summary pcap_interleaved.pcap",
	} {
		words := strings.Fields(args)
		words[len(words)-1] = captures + words[len(words)-1]
		out, errs, _ := run(t, "", append(words, "-f", "auto")...)
		if text := out + errs; strings.Contains(text, "role=") || !strings.Contains(text, "postgres") {
			t.Errorf("%s prints a role, or does not find postgres", args)
		}
	}
}

// A test for what only the other end sends matches nothing. A note says so if the other end is not
// read.
func TestWhereWithRoles(t *testing.T) {
	t.Parallel()
	const note = "no message of this direction has type "
	for _, row := range []struct {
		args   string
		n      int // how many messages
		status int
		errs   string
	}{
		{"--where type=Execute", 840, 0, ""},
		{"--where type=DataRow", 120, 0, ""},
		{"--where type=Execute,DataRow", 960, 0, ""},
		{"--where type=ErrorResponse", 0, 0, ""},
		{"--direction c2s --where type=Execute", 840, 0, ""},
		{"--direction s2c --where type=DataRow", 120, 0, ""},
		{"--direction s2c --where type=Execute", 0, 0, note + "Execute"},
		{"--direction c2s --where type=DataRow", 0, 0, note + "DataRow"},
		{"--where type=Foo", 0, 2, "postgres has no type Foo"},
	} {
		for _, command := range []string{"decode -f postgres", "inspect -f postgres", "inspect --by time -f postgres"} {
			args := append(strings.Fields(command+" "+row.args), "-o", "json", captures+"pcap_vlan.pcap")
			out, errs, status := run(t, "", args...)
			n := 0
			for _, types := range typesOf(t, out) {
				n += len(types)
			}
			if n != row.n || status != row.status || !strings.Contains(errs, row.errs) || (errs == "") != (row.errs == "") {
				t.Errorf("%v: %d messages, status %d, %s; want %d, status %d, %s", args, n, status, errs, row.n, row.status, row.errs)
			}
		}
	}
	raw := tempFile(t, "E\x00\x00\x00\x09\x00\x00\x00\x00\x00").Name()
	for _, command := range []string{"decode", "inspect", "inspect --by time"} {
		_, errs, status := run(t, "", append(strings.Fields(command), "-f", "postgres", "--where", "type=Execute", raw)...)
		if status != 2 || !strings.Contains(errs, "Execute is a type of -f postgres:role=frontend") {
			t.Errorf("%s of a file whose sender is unknown: status %d, %s", command, status, errs)
		}
	}
}

// The types are those of tshark, under the names of the PostgreSQL documentation.
func TestTypesAreThoseOfTshark(t *testing.T) {
	t.Parallel()
	names := strings.NewReplacer("SASLInitialResponse message", "PasswordMessage", "SASLResponse message", "PasswordMessage",
		"Startup message", "StartupMessage", "Termination", "Terminate", "Authentication request", "Authentication",
		"Backend key data", "BackendKeyData", "Bind completion", "BindComplete", "Command completion", "CommandComplete",
		"Data row", "DataRow", "No data", "NoData", "Parameter status", "ParameterStatus", "Parse completion", "ParseComplete",
		"Ready for query", "ReadyForQuery", "Row description", "RowDescription")
	tshark := ""
	if peers.Wanted() {
		tshark = peers.Path(t, "tshark", "apt-get install tshark")
	}
	for _, file := range []string{"pcap_vlan.pcap", "pcap_retransmit.pcap"} {
		for i, dir := range []string{"c2s", "s2c"} {
			out := recordsOf(t, "decode", "-f", "postgres", "--direction", dir, "-o", "json", captures+file)
			got := strings.Join(typesOf(t, out)[dir], "\n") + "\n"
			golden(t, "types-"+dir+".txt", counted(got))
			if tshark == "" {
				continue
			}
			found, err := exec.Command(tshark, "-n", "-r", captures+file, "-d", "tcp.port==17400,pgsql",
				"-Y", "pgsql.frontend=="+string("10"[i]), "-T", "fields", "-e", "pgsql.type").Output()
			if err != nil {
				t.Fatal(err)
			}
			if want := names.Replace(strings.ReplaceAll(string(found), ",", "\n")); got != want {
				t.Errorf("%s %s: tshark has other types", file, dir)
			}
		}
	}
}

// counted returns the lines of a text, each once, with how often it occurs.
func counted(text string) string {
	lines := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
	slices.Sort(lines)
	var b strings.Builder
	for len(lines) > 0 {
		n := 1
		for n < len(lines) && lines[n] == lines[0] {
			n++
		}
		fmt.Fprintf(&b, "%5d %s\n", n, lines[0])
		lines = lines[n:]
	}
	return b.String()
}
