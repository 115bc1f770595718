// Package e2e holds the tests that run the program: scripts, the examples of the README
// and of the help, completion in real shells, and real servers and clients. Here are also
// the tests of the whole module: what imports what, and its path.
package e2e

import (
	"bytes"
	"flag"
	"os"
	"os/exec"
	"reflect"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"framecat/commands"
	"framecat/commands/internal/records"
)

// root is where the module is. The tests run there, as the README's examples do.
const root = "../../.."

// TestMain puts two programs into the path of all tests: framecat, and the server of the
// README. Each is this test binary, started under another name. That costs no build, has
// the race detector if the tests have it, and the go command sees when a cached result is
// out of date: it knows what the test binary is made of.
func TestMain(m *testing.M) {
	testscript.Main(atRoot{m}, map[string]func(){"framecat": framecatMain})
}

// module is the path of the module.
var module = strings.TrimSuffix(reflect.TypeFor[atRoot]().PkgPath(), "/commands/internal/e2e")

type atRoot struct{ *testing.M }

func (m atRoot) Run() int {
	flag.Set("test.parallel", "6") // most tests wait; -parallel overrides it
	if err := os.Chdir(root); err != nil {
		panic(err)
	}
	os.Unsetenv("GITHUB_ACTIONS") // tests show what users see
	return m.M.Run()
}

// framecatMain does what main.go does.
func framecatMain() {
	reportGoroutines()
	os.Exit(commands.Run(commands.Env{
		Args: os.Args, Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr,
		Getenv: os.Getenv, Signals: commands.Signals,
	}))
}

// framecat runs one command, which must end well, its input in random pieces.
func framecat(t *testing.T, stdin []byte, args ...string) []byte {
	t.Helper()
	out, stderr, status := runFramecat(t, stdin, args...)
	if status != 0 || stderr != "" {
		t.Fatalf("framecat %q: status %d\n%s", args, status, stderr)
	}
	return out
}

func runFramecat(t *testing.T, stdin []byte, args ...string) (out []byte, stderr string, status int) {
	t.Helper()
	cmd := exec.Command("framecat", args...)
	var o, e bytes.Buffer
	cmd.Stdout, cmd.Stderr = &o, &e
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	feed(in, stdin) // this fails if framecat stops early; its status shows why
	in.Close()
	cmd.Wait()
	if _, err := records.CheckOutput(o.String()); err != nil {
		t.Error(err)
	}
	return o.Bytes(), e.String(), cmd.ProcessState.ExitCode()
}

// inPath is a program's path. Without it the test is skipped.
func inPath(t *testing.T, program string) string {
	t.Helper()
	path, err := exec.LookPath(program)
	if err != nil {
		t.Skipf("there is no %s to test with", program)
	}
	return path
}

// environment is one in which the user has chosen nothing.
func environment(more ...string) []string {
	return append(append(os.Environ(), "FRAMECAT_FRAMING=", "LC_ALL=C.UTF-8"), more...)
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}
