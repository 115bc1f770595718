package e2e

import (
	"errors"
	"os/exec"
	"strings"
	"testing"

	"framecat/commands/internal/peers"
)

// The workflow in testdata/action runs, with the action beside it: a server with a bug fails its job, and
// a correct command does not.
func TestPeerAction(t *testing.T) {
	t.Parallel()
	python := peers.Path(t, "python3", "python3")
	if exec.Command(python, "-c", "import yaml").Run() != nil {
		peers.Missing(t, "python3-yaml")
	}
	for _, row := range []struct {
		job    string
		failed bool
		want   []string // in this order
	}{
		{"server", true, []string{
			"\nPASS          reference\nFAIL          split/1 ",
			"\nError: cut in the length: 2 replies came, not 1\nrepeat: framecat send -f u32be --chunk 1,6 ",
			"\nError: Process completed with exit code 6.\n--- show the report\n<?xml ", `<testsuite name="framecat probe" tests="11" failures="10" `,
			"\n=== annotations\nerror: framecat probe: split/1 to split/1.4, 10 cases failed\n    cut in the length: 2 replies came, not 1\n    repeat: ", "\n=== summary\n",
			"\n| FAIL | 10 |\n| PASS | 1 |\n\n**breaks when a frame is split anywhere: offsets 1-6 of 7** (judged by: equal replies)\n",
			"\n#### split: 10 of 10 cases failed\n", "\nTo repeat split/1:\n\n```\nframecat send ",
		}},
		{"command", false, []string{
			"\n--- probe the command\nPASS          reference to split/2.300, 13 cases\n", "\n=== annotations\n=== summary\n", "\n| PASS | 13 |\n\n**no fault found** ",
		}},
	} {
		t.Run(row.job, func(t *testing.T) {
			t.Parallel()
			cmd := exec.Command(python, "testdata/action/run.py", "--skip", "install framecat", "testdata/action/workflow.yml", row.job)
			cmd.Env = environment()
			out, err := cmd.CombinedOutput()
			if failed := errors.As(err, new(*exec.ExitError)); failed != row.failed || err != nil && !failed {
				t.Errorf("%v, want a job that fails: %t", err, row.failed)
			}
			rest := string(out)
			for _, want := range row.want {
				_, after, found := strings.Cut(rest, want)
				if !found {
					t.Fatalf("there is no %q in\n%s", want, out)
				}
				rest = after
			}
		})
	}
}
