package commands

import (
	"maps"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"unicode/utf8"

	"framecat/commands/internal/report"
)

// builtDir is where builtFramecat has built, or "".
var builtDir string

// builtFramecat is a folder that holds framecat.
var builtFramecat = sync.OnceValues(func() (dir string, err error) {
	if builtDir, err = os.MkdirTemp("", "framecat"); err != nil {
		return "", err
	}
	cmd := exec.Command("go", "build", "-o", builtDir, "framecat")
	cmd.Stderr = os.Stderr
	return builtDir, cmd.Run()
})

func TestMain(m *testing.M) {
	code := m.Run()
	os.RemoveAll(builtDir) // RemoveAll("") does nothing
	os.Exit(code)
}

// withFramecat is an environment in which shells find framecat.
func withFramecat(t *testing.T) []string {
	t.Helper()
	dir, err := builtFramecat()
	if err != nil {
		t.Fatal(err)
	}
	return append(os.Environ(), "PATH="+dir+string(os.PathListSeparator)+os.Getenv("PATH"), "FRAMECAT_FRAMING=", "LC_ALL=C.UTF-8")
}

// inPath is the program, or the test is skipped.
func inPath(t *testing.T, program string) string {
	t.Helper()
	path, err := exec.LookPath(program)
	if err != nil {
		t.Skipf("there is no %s to test with", program)
	}
	return path
}

// helpTexts are all that help prints, by command; framecat's own is under "".
func helpTexts() map[string]string {
	app, st := newApp(streams{}, ""), report.NewStyle(nil, "never")
	texts := map[string]string{"": appHelp(app, st)}
	for _, c := range app.Commands {
		texts[c.Name] = commandHelp(c, st)
	}
	return texts
}

func TestHelpFits(t *testing.T) {
	for name, text := range helpTexts() {
		for line := range strings.Lines(text) {
			if n := utf8.RuneCountInString(strings.TrimSuffix(line, "\n")); n > report.PageWidth {
				t.Errorf("help %s: %d columns: %s", name, n, line)
			}
		}
		for _, noise := range []string{"(default", `"`, "GLOBAL", "value]", "(false)", "\n\n\n", "\t", "`"} {
			if strings.Contains(text, noise) {
				t.Errorf("help %s has %q", name, noise)
			}
		}
	}
}

// Each flag has one line, in a group, and no group names another.
func TestFlagLines(t *testing.T) {
	app, texts := newApp(streams{}, ""), helpTexts()
	flags := map[string]bool{}
	for _, c := range app.Commands {
		for _, f := range allFlags(c) {
			flags[f.Names()[0]] = true
		}
	}
	for _, g := range groups {
		for _, name := range strings.Fields(g.flags) {
			if !flags[name] {
				t.Errorf("there is no flag --%s for the group %s", name, g.title)
			}
		}
	}
	for _, c := range app.Commands {
		for _, g := range grouped(allFlags(c)) {
			for _, r := range g.rows {
				if g.title == otherGroup {
					t.Errorf("%s %s is in no group of flags: name it in groups", c.Name, r.long())
				}
				if !strings.Contains(texts[c.Name], "  "+r.meaning()+"\n") || r.text == "" {
					t.Errorf("%s %s is not explained on one line: %q", c.Name, r.long(), r.meaning())
				}
			}
		}
	}
}

// The flags that scripts count on.
func TestHelpNamesFlags(t *testing.T) {
	const (
		all    = " -h, --help -V, --version --color auto|always|never"
		common = all + " -v, --verbose -q, --quiet -f, --framing --max-frame SIZE"
		shared = common + " -n, --count N --on-error stop|skip"
		range_ = " --frames A-B -s, --seek -l, --length --capture auto|raw|pcap|hexdump --stream N --direction c2s|s2c"
		net    = common + " -i, --in FORMAT -o, --out FORMAT --force --reply-framing SPEC -w, --connect-timeout --idle-timeout" +
			" --frame-timeout --timeout --tls --ca FILE --cert FILE --key FILE --hex"
	)
	want := map[string]string{
		"encode":  shared + " -i, --in FORMAT -m, --message TEXT --force --stats --partial FILE",
		"decode":  shared + range_ + " -o, --out FORMAT --force --stats --partial FILE",
		"inspect": shared + range_ + " -o, --out -c, --cols N --rows N --layout --summary --trace --chunks",
		"send": net + " -m, --message TEXT --expect N --lockstep --linger --no-half-close --repeat N --rate N --retry" +
			" --stats --chunk --gap --server-name --insecure",
		"listen":     net + " -n, --count N -k, --keep-open --echo --exec --max-conns N --port-file FILE --client-ca FILE",
		"framings":   all,
		"completion": " -h, --help -V, --version",
	}
	texts := helpTexts()
	for name := range texts {
		if _, ok := want[name]; !ok && name != "" {
			t.Errorf("no flags are known that scripts count on in %s", name)
		}
	}
	for name, flags := range want {
		for _, f := range strings.Split(flags, " -")[1:] {
			f = strings.TrimSuffix(f, ",")
			if !strings.Contains(texts[name], " -"+f) {
				t.Errorf("help %s lacks -%s", name, f)
			}
		}
	}
}

// framecat alone says what it is in ten lines.
func TestFrontPage(t *testing.T) {
	text := frontPage(newApp(streams{}, ""))
	if n := strings.Count(text, "\n"); n > 10 || !strings.HasPrefix(text, "framecat knows where messages end") {
		t.Errorf("%d lines:\n%s", n, text)
	}
}

// Each example does what it says.
func TestUsageExamples(t *testing.T) {
	bash := inPath(t, "bash")
	env := withFramecat(t)
	names := []string{""}
	for _, c := range newApp(streams{}, "").Commands {
		names = append(names, c.Name)
	}
	for _, name := range names {
		if n := len(usageExamples()[name]); n != 3 {
			t.Errorf("help %s has %d examples, not 3", name, n)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(usageExamples())) {
		for _, x := range usageExamples()[name] {
			if !slices.Contains(names, name) {
				continue // a command to come
			}
			if x.peer != "" && runtime.GOOS == "windows" {
				continue // the script ends its server by a signal
			}
			dir := t.TempDir()
			for file, text := range x.files {
				if err := os.WriteFile(filepath.Join(dir, file), []byte(text), 0o666); err != nil {
					t.Fatal(err)
				}
			}
			var stderr strings.Builder
			cmd := exec.Command(bash, "-o", "pipefail", "-c", withPeer(t, x))
			if x.shell != "" {
				if _, err := exec.LookPath(x.shell); err != nil {
					continue
				}
				cmd = exec.Command(x.shell, "-c", x.line)
			}
			cmd.Dir, cmd.Env, cmd.Stderr = dir, env, &stderr
			out, _ := cmd.Output()
			if status := cmd.ProcessState.ExitCode(); status != x.status || stderr.Len() > 0 && x.status == 0 && x.peer == "" || !strings.Contains(string(out), x.want) {
				t.Errorf("$ %s\n%s%sstatus %d, want %d and %q", x.line, out, &stderr, status, x.status, x.want)
			}
		}
	}
}

// withPeer is a script that runs an example and its peer, on a port that is free.
func withPeer(t *testing.T, x usageExample) string {
	if x.peer == "" {
		return x.line
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_, port, _ := net.SplitHostPort(l.Addr().String())
	l.Close()
	server, client := x.line, x.peer+" >/dev/null"
	if strings.Contains(x.peer, "listen") {
		server, client = x.peer+" >/dev/null", strings.Replace(x.line, "send ", "send --retry 10s ", 1)
	}
	script := server + " & server=$!; " + client + "; status=$?; kill $server 2>/dev/null; wait $server || status=$?; exit $status"
	return strings.ReplaceAll(script, "4000", port)
}
