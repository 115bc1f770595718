package e2e

import (
	"encoding/binary"
	"encoding/hex"
	"os"
	"os/signal"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/rogpeppe/go-internal/testscript"

	"framecat/commands/internal/records"
)

// The scripts are the command line's tests: one a subcommand and subject.
func TestScripts(t *testing.T) {
	if signal.Ignored(os.Interrupt) { // as in a shell's background: the scripts send it, and it must arrive
		signal.Notify(make(chan os.Signal, 1), os.Interrupt)
	}
	testscript.Run(t, testscript.Params{
		Dir:                 checked(t, "testdata/script"),
		RequireUniqueNames:  true,
		RequireExplicitExec: true,
		Setup: func(e *testscript.Env) error {
			e.Setenv("TESTDATA", must(os.Getwd())+"/testdata")
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"unhex":   unhex,
			"status":  status,
			"repeat":  repeat,
			"packets": packets,
			"address": address,
			"records": checkRecords,
		},
	})
}

// checked copies the scripts to a directory in which each command that runs a program has a line
// with the command records after it.
func checked(t *testing.T, dir string) string {
	to := t.TempDir()
	runs := regexp.MustCompile(`(?m)^(\[\w+\] )?(! )?(exec|status|wait)\b.*$`)
	for _, file := range must(filepath.Glob(dir + "/*.txtar")) {
		script, files := string(must(os.ReadFile(file))), ""
		if at := strings.Index(script, "\n-- "); at >= 0 {
			script, files = script[:at], script[at:]
		}
		script = runs.ReplaceAllString(script, "$0\nrecords")
		if err := os.WriteFile(filepath.Join(to, filepath.Base(file)), []byte(script+files), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	return to
}

// records checks the JSON records that the last program printed against the table of the manual.
func checkRecords(ts *testscript.TestScript, _ bool, _ []string) {
	_, err := records.CheckOutput(ts.ReadFile("stdout"))
	ts.Check(err)
}

// unhex SRC DST writes the bytes of the hex text SRC, blanks aside, to DST. A # begins
// a comment.
func unhex(ts *testscript.TestScript, _ bool, args []string) {
	var digits strings.Builder
	for line := range strings.Lines(ts.ReadFile(args[0])) {
		line, _, _ = strings.Cut(line, "#")
		digits.WriteString(strings.Join(strings.FieldsFunc(line, unicode.IsSpace), ""))
	}
	raw, err := hex.DecodeString(digits.String())
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), raw, 0o666))
}

// repeat N TEXT FILE writes TEXT N times to FILE, with a 4-byte length in front if
// FILE ends in .u32.
func repeat(ts *testscript.TestScript, _ bool, args []string) {
	n := 0
	for _, c := range args[0] {
		n = n*10 + int(c-'0')
	}
	text := strings.Repeat(args[1], n)
	if strings.HasSuffix(args[2], ".u32") {
		text = string([]byte{byte(len(text) >> 24), byte(len(text) >> 16), byte(len(text) >> 8), byte(len(text))}) + text
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[2]), []byte(text), 0o666))
}

// packets N SRC DST writes the first N packets of the pcap file SRC, in little endian, to DST.
func packets(ts *testscript.TestScript, _ bool, args []string) {
	n, err := strconv.Atoi(args[0])
	ts.Check(err)
	file, end := ts.ReadFile(args[1]), 24
	for range n {
		end += 16 + int(binary.LittleEndian.Uint32([]byte(file[end+8:])))
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[2]), []byte(file[:end]), 0o666))
}

// address FILE waits for the file that listen writes, and sets $ADDRESS to what it says.
func address(ts *testscript.TestScript, _ bool, args []string) {
	for range 3000 {
		if text, _ := os.ReadFile(ts.MkAbs(args[0])); strings.HasSuffix(string(text), "\n") {
			ts.Setenv("ADDRESS", strings.TrimSpace(string(text)))
			ts.Check(os.Remove(ts.MkAbs(args[0])))
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	ts.Fatalf("listen does not print its address")
}

// status N framecat ARGS… runs framecat and wants it to exit with N. Standard input
// is what stdin named before; output is compared with stdout and stderr.
func status(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: status N framecat ARGS…")
	}
	err := ts.Exec(args[1], args[2:]...)
	got := "0"
	if err != nil {
		got = strings.TrimPrefix(err.Error(), "exit status ")
	}
	if got != args[0] {
		ts.Fatalf("status %s, want %s\n%s", got, args[0], ts.ReadFile("stderr"))
	}
}
