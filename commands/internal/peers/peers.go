// Package peers finds the programs of others with which tests compare framecat, or to which it talks:
// servers, clients, shells, tshark, a browser. To start them takes longer than all other tests
// together, so the variable FRAMECAT_PEERS decides about them:
//
//	not set     tests that need them are skipped
//	1           they run if the programs are installed
//	required    they run, and fail if a program is missing
package peers

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// variable is the environment variable that decides about peers.
const variable = "FRAMECAT_PEERS"

// long is the environment variable that Long asks for.
const long = "FRAMECAT_LONG"

// Wanted reports whether tests with peers run.
func Wanted() bool { return os.Getenv(variable) != "" }

// Long reports whether properties are tried with many random streams: FRAMECAT_LONG is set, as it is by
// .ci/run. Otherwise a few must do.
func Long() bool { return os.Getenv(long) != "" && !testing.Short() }

// Path returns the path of a peer's program, from one of the directories or $PATH. Without the program
// the test is skipped or fails; install then shows how to get it.
func Path(t testing.TB, name, install string, dirs ...string) string {
	t.Helper()
	Need(t)
	for _, dir := range dirs {
		if found, _ := filepath.Glob(filepath.Join(dir, name)); len(found) > 0 {
			return found[len(found)-1]
		}
	}
	path, err := exec.LookPath(name)
	if err != nil {
		Missing(t, install)
	}
	return path
}

// Need skips the test if no peers are wanted.
func Need(t testing.TB) {
	t.Helper()
	if !Wanted() {
		t.Skip("to run it too, set " + variable + "=1")
	}
}

// Missing ends a test whose peer is missing.
func Missing(t testing.TB, install string) {
	t.Helper()
	if os.Getenv(variable) == "required" {
		t.Fatalf("a peer is missing, and %s=required: %s", variable, install)
	}
	t.Skipf("a peer is missing: %s", install)
}
