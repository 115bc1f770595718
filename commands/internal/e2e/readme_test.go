package e2e

import (
	"bufio"
	"cmp"
	"flag"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"framecat/commands/internal/manual"
	"framecat/framing"
)

var update = flag.Bool("update", false, "rewrite the README's tables and its picture")

// The README's tables are those of the library and of the help.
func TestReadmeTables(t *testing.T) {
	help := string(must(exec.Command("framecat", "help").Output()))
	grammar := ""
	for _, r := range helpRows(string(must(exec.Command("framecat", "help", "framings").Output())), "SPEC") {
		grammar += fmt.Sprintf("    %-6s %s\n", r.word, r.meaning)
	}
	for name, want := range map[string]string{
		"framings":    framingsTable(),
		"grammar":     grammar,
		"statuses":    "| status | meaning |\n|---|---|\n" + helpTable(help, "Exit statuses"),
		"environment": "| variable | meaning |\n|---|---|\n" + helpTable(help, "Environment"),
		"published":   publishedTable(t),
	} {
		text := string(must(os.ReadFile("README.md")))
		start, end := "<!-- "+name+": go test ./commands/internal/e2e -update writes this -->\n\n", "\n<!-- end of "+name+" -->\n"
		before, rest, ok1 := strings.Cut(text, start)
		got, after, ok2 := strings.Cut(rest, end[1:])
		if !ok1 || !ok2 {
			t.Fatalf("README.md has no place for the table of %s", name)
		}
		if *update {
			if err := os.WriteFile("README.md", []byte(before+start+want+end+after), 0o666); err != nil {
				t.Fatal(err)
			}
		} else if got != want+"\n" {
			t.Errorf("README.md's table of %s is out of date: run go test ./commands/internal/e2e -update", name)
		}
	}
}

// framingsTable is the table of framings in groups, of which each begins with the shortest names. A
// source that the row before has too is not repeated.
func framingsTable() string {
	table := "| -f | frames | source |\n|---|---|---|\n"
	for _, g := range manual.Groups() {
		table += fmt.Sprintf("| **%s** | | |\n", g.Title)
		usage := func(k framing.Entry) string { return cmp.Or(k.Usage, k.Name) }
		slices.SortStableFunc(g.Rows, func(a, b framing.Entry) int {
			return cmp.Compare(utf8.RuneCountInString(usage(a)), utf8.RuneCountInString(usage(b)))
		})
		source := ""
		for _, k := range g.Rows {
			shown := k.Source
			if shown == source {
				shown = "as above"
			}
			source = k.Source
			table += fmt.Sprintf("| `%s` | %s | %s |\n", strings.ReplaceAll(usage(k), "|", `\|`), k.Summary, shown)
		}
	}
	return table
}

// The help explains each variable of the environment that the program reads, and no other.
func TestEnvironment(t *testing.T) {
	read := map[string]bool{}
	getenv := regexp.MustCompile(`etenv\("(\w+)"\)`)
	for _, p := range listPackages(t) {
		for _, name := range p.GoFiles {
			if p.dir() != "" {
				for _, m := range getenv.FindAllStringSubmatch(string(must(os.ReadFile(filepath.Join(p.Dir, name)))), -1) {
					read[m[1]] = true
				}
			}
		}
	}
	explained := map[string]bool{}
	for _, r := range helpRows(string(must(exec.Command("framecat", "help").Output())), "Environment") {
		explained[r.word] = true
	}
	if !maps.Equal(read, explained) {
		t.Errorf("the program reads %v, the help explains %v", read, explained)
	}
}

// helpTable makes rows of what help says below a title.
func helpTable(help, title string) (rows string) {
	for _, r := range helpRows(help, title) {
		rows += "| " + r.word + " | " + r.meaning + " |\n"
	}
	return rows
}

// A helpRow is a line of help: a word, two blanks or more, and what it means.
type helpRow struct{ line, word, meaning string }

// helpRows are the lines below a title.
func helpRows(help, title string) (rows []helpRow) {
	_, section, _ := strings.Cut(help, "\n"+title+"\n")
	section, _, _ = strings.Cut(section, "\n\n")
	for line := range strings.Lines(section) {
		line = strings.TrimSpace(line)
		word, meaning, _ := strings.Cut(line, "  ")
		rows = append(rows, helpRow{line, word, strings.TrimSpace(meaning)})
	}
	return rows
}

// serves are the commands of the README that go on, in a terminal of their own.
var serves = regexp.MustCompile(`^(framecat listen|python3 testdata/oneread.py) .*\b4000$`)

// Every console block of the README does what it shows.
func TestReadmeExamples(t *testing.T) {
	t.Parallel()
	bash := inPath(t, "bash")
	ran, server := 0, ""
	for i, block := range strings.Split(string(must(os.ReadFile("README.md"))), "```console\n") {
		if i == 0 {
			continue
		}
		block, _, _ = strings.Cut(block, "```")
		for _, step := range strings.Split(strings.TrimPrefix(block, "$ "), "\n$ ") {
			line, want, _ := strings.Cut(step, "\n")
			if serves.MatchString(line) {
				if server = ""; installed(line) {
					server = startServer(t, line)
				}
				continue
			}
			if !installed(line) || server == "" && strings.Contains(line, "localhost:4000") {
				continue
			}
			cmd := exec.Command(bash, "-c", strings.ReplaceAll(line, "localhost:4000", server))
			cmd.Env = environment()
			out, _ := cmd.CombinedOutput()
			if strings.TrimSpace(string(out)) != strings.TrimSpace(want) {
				t.Errorf("$ %s\n%s\nwant\n%s", line, out, want)
			}
			ran++
		}
	}
	if ran < 15 {
		t.Errorf("only %d examples were run", ran)
	}
}

// What the README runs without installing anything runs main.go.
func TestReadmeGoRun(t *testing.T) {
	t.Parallel()
	line := regexp.MustCompile(`(?m)^    (go run \. .*)$`).FindStringSubmatch(string(must(os.ReadFile("README.md"))))
	if line == nil {
		t.Fatal("README.md has no go run")
	}
	must(os.ReadFile("main.go")) // a result of before it was changed is not kept
	words := strings.Fields(line[1])
	cmd := exec.Command(words[0], words[1:]...)
	cmd.Env = environment()
	if out, err := cmd.CombinedOutput(); err != nil || string(out) != "abc\nhi\nping\n" {
		t.Errorf("$ %s\n%s%v", line[1], out, err)
	}
}

// installed reports whether the programs of other projects that a line runs are installed.
func installed(line string) bool {
	for _, name := range []string{"xxd", "python3"} {
		if _, err := exec.LookPath(name); err != nil && strings.Contains(line, name) {
			return false
		}
	}
	return true
}

// startServer runs a server on a port that is free, in the place of port 4000, until the test
// ends. It returns the address that the server prints.
func startServer(t *testing.T, command string) (address string) {
	t.Helper()
	return startPrinting(t, "", strings.Fields(strings.Replace(command, " 4000", " 0", 1))...)
}

// startPrinting runs a server in a directory, and returns the address that it prints.
func startPrinting(t *testing.T, dir string, words ...string) (address string) {
	t.Helper()
	cmd := exec.Command(words[0], words[1:]...)
	cmd.Dir = dir
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	cmd.Stdout, cmd.Stderr = w, w
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cmd.Process.Kill(); cmd.Wait(); r.Close() })
	line, _ := bufio.NewReader(r).ReadString('\n')
	if _, address, _ = strings.Cut(line, "listening on "); address == "" {
		t.Fatalf("%q prints %q in place of its address", words, line)
	}
	return strings.TrimSpace(address)
}

// The README's program prints the output that follows it.
func TestReadmeProgram(t *testing.T) {
	t.Parallel()
	runReadmeProgram(t, ".")
}

// runReadmeProgram runs the README's program with the module in a folder.
func runReadmeProgram(t *testing.T, dir string) {
	t.Helper()
	text := string(must(os.ReadFile(filepath.Join(dir, "README.md"))))
	m := regexp.MustCompile("(?s)```go\n(package main\n.*?)```\n\n```text\n(.*?)```").FindStringSubmatch(text)
	if m == nil {
		t.Fatal("README.md has no program with what it prints")
	}
	file := filepath.Join(t.TempDir(), "main.go")
	if err := os.WriteFile(file, []byte(m[1]), 0o666); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("go", "run", file)
	cmd.Dir = dir
	out, err := cmd.CombinedOutput()
	if string(out) != m[2] {
		t.Errorf("%v\n%s\nwant\n%s", err, out, m[2])
	}
}

// The row that CONTRIBUTING.md shows is one of the table.
func TestContributingRow(t *testing.T) {
	_, row, _ := strings.Cut(string(must(os.ReadFile("CONTRIBUTING.md"))), "```go\n")
	row, _, _ = strings.Cut(row, "\n```\n")
	table := string(must(os.ReadFile("framing/table_protocols.go")))
	plain := func(s string) string { return strings.Join(strings.Fields(s), " ") }
	if row == "" || !strings.Contains(plain(table), plain(row)) {
		t.Errorf("framing/table_protocols.go has no row\n%s", row)
	}
}

// CONTRIBUTING.md gives a reason for each direct requirement of go.mod, and for no other.
func TestDependencies(t *testing.T) {
	var want, got []string
	for line := range strings.Lines(string(must(os.ReadFile("go.mod")))) {
		if f := strings.Fields(line); len(f) == 2 && strings.Contains(f[0], ".") {
			want = append(want, f[0])
		}
	}
	_, section, _ := strings.Cut(string(must(os.ReadFile("CONTRIBUTING.md"))), "\n## Dependencies\n")
	for line := range strings.Lines(section) {
		if f := strings.Split(strings.Trim(line, "|\n"), " | "); len(f) == 2 && strings.Contains(f[0], "/") && len(f[1]) > 10 {
			got = append(got, strings.TrimSpace(f[0]))
		}
	}
	slices.Sort(want)
	slices.Sort(got)
	if !slices.Equal(got, want) || len(want) == 0 {
		t.Errorf("CONTRIBUTING.md explains\n%q\ngo.mod requires\n%q", got, want)
	}
}
