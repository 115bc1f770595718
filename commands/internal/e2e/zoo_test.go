package e2e

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"testing"
)

const zooGolden = "commands/internal/e2e/zoo/receivers.golden"

// Probe reports each fault of the Python receivers by the cases and places that the golden file has, and
// none of a correct one. FRAMECAT_ZOO=N probes all, N times; CI does it once.
func TestZoo(t *testing.T) {
	t.Parallel()
	python := inPath(t, "python3")
	rounds, _ := strconv.Atoi(os.Getenv("FRAMECAT_ZOO"))
	if rounds == 0 && !*update {
		t.Skip("FRAMECAT_ZOO is not set")
	}
	golden := map[string]string{}
	for part := range strings.SplitSeq(string(must(os.ReadFile(zooGolden))), "\n\n") {
		name, _, _ := strings.Cut(part, " ")
		golden[name] = strings.TrimSpace(part)
	}
	probed, wrong := 0, 0
	for round := range max(rounds, 1) {
		t.Run(fmt.Sprint(round), func(t *testing.T) { // its servers end with it
			list := zooReceivers(t, python)
			var run sync.WaitGroup
			for _, r := range list {
				run.Go(func() { r.report = verdicts(r.name, r.flags, r.address) })
			}
			run.Wait()
			text := ""
			for _, r := range list {
				if text += r.report + "\n\n"; r.report != golden[r.name] && !*update {
					t.Errorf("%s\nwant\n%s", r.report, golden[r.name])
					wrong++
				}
			}
			if probed += len(list); *update {
				if err := os.WriteFile(zooGolden, []byte(strings.TrimSpace(text)+"\n"), 0o666); err != nil {
					t.Fatal(err)
				}
			}
		})
	}
	if rounds > 0 {
		t.Logf("%d receivers probed, %d reports wrong", probed, wrong)
	}
}

// A zooReceiver is a receiver that runs.
type zooReceiver struct{ name, flags, address, report string }

// zooReceivers starts all of them.
func zooReceivers(t *testing.T, python string) (list []*zooReceiver) {
	const file = "commands/internal/e2e/zoo/receivers.py"
	for line := range strings.Lines(string(must(exec.Command(python, file).Output()))) {
		name, flags, _ := strings.Cut(strings.TrimSpace(line), " ")
		list = append(list, &zooReceiver{name: name, flags: flags, address: startPrinting(t, "", python, file, name, "0")})
	}
	return list
}

// verdicts probes a receiver. It returns the status, a line for each verdict and place but PASS with the
// cases that have it, and the sentence at the end.
func verdicts(name, flags, address string) string {
	cmd := exec.Command("framecat", append([]string{"probe", "-o", "json", address}, strings.Fields(flags)...)...)
	cmd.Env = environment()
	out, _ := cmd.Output()
	report := fmt.Sprintf("%s %s: status %d", name, flags, cmd.ProcessState.ExitCode())
	var last string
	for line := range bytes.Lines(out) {
		var c struct{ Type, ID, Verdict, Place, Sentence string }
		if err := json.Unmarshal(line, &c); err != nil {
			return report + "\n" + err.Error()
		}
		switch title := strings.TrimSpace(c.Verdict + " " + c.Place); {
		case c.Type != "case":
			report += "\n" + c.Sentence
		case c.Verdict == "PASS":
		case title != last:
			report += "\n" + title + ": " + c.ID
			last = title
		default:
			report += " " + c.ID
		}
	}
	return report
}
