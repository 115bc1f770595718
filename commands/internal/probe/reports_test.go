package probe

import (
	"encoding/xml"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"framecat/hexview"
)

// hostile is text that would do harm in a report if it were not escaped.
const hostile = "\x1b[31m\x00\xff\u202e ]]> <script>&\r\n::error::x\n##[error]y\n```\n# z\ufffe"

// hostileRun returns a run with all verdicts, with hostile text wherever the peer can write it.
func hostileRun(t *testing.T) (*Summary, *Plan, Target) {
	p := planOf(t, "u32be", "abc", "d", "e")
	s := played(p, "split/1 split/2 bytes reset/1", "utf8 close/*")
	for i := range s.Results {
		r := &s.Results[i]
		if r.ID == "slow" {
			r.Verdict = Info
		}
		if r.Verdict != Pass {
			r.Reason, r.Stderr = hostile, hostile
		}
	}
	return s, p, Target{Address: "exec:" + hostile, Spec: "u32be"}
}

// A node is an element of XML.
type node struct {
	XMLName xml.Name
	Attrs   []xml.Attr `xml:",any,attr"`
	Nodes   []node     `xml:",any"`
	Text    string     `xml:",chardata"`
}

// An element is what the schema of Surefire, surefire-test-report.xsd, wants of one that a report has. The
// schema of Jenkins (junit-10.xsd of its xUnit plugin) allows all of that too.
type element struct {
	required, optional string   // attributes
	children           []string // in this order; all may be missing
	many               string   // the child that may be there more than once
}

// A report follows the schemas of Surefire and Jenkins, whatever the peer writes.
func TestJUnitSchema(t *testing.T) {
	t.Parallel()
	schema := map[string]element{
		"testsuite":  {"name tests errors skipped failures", "time group", []string{"properties", "testcase"}, "testcase"},
		"testcase":   {"name time", "classname group", []string{"failure", "skipped", "error", "system-out", "system-err"}, ""},
		"failure":    {"type", "message", nil, ""},
		"skipped":    {"", "message", nil, ""},
		"system-out": {}, "system-err": {},
	}
	s, p, target := hostileRun(t)
	s.Results[0].Took = 1234567 * 1e6
	text := JUnit(s, p, target)
	var root node
	if err := xml.Unmarshal([]byte(text), &root); err != nil {
		t.Fatal(err)
	}
	seen := map[string]int{}
	seconds := regexp.MustCompile(`^[0-9]+\.[0-9]{3}$`)
	var check func(n node)
	check = func(n node) {
		name := n.XMLName.Local
		want, ok := schema[name]
		if !ok {
			t.Errorf("there is an element %s", name)
		}
		seen[name]++
		var attrs []string
		for _, a := range n.Attrs {
			attrs = append(attrs, a.Name.Local)
			if a.Name.Local == "time" && !seconds.MatchString(a.Value) {
				t.Errorf("%s: time=%q", name, a.Value)
			}
		}
		for _, a := range strings.Fields(want.required) {
			if !slices.Contains(attrs, a) {
				t.Errorf("%s has no attribute %s", name, a)
			}
		}
		for _, a := range attrs {
			if !slices.Contains(strings.Fields(want.required+" "+want.optional), a) {
				t.Errorf("%s has an attribute %s", name, a)
			}
		}
		at := -1
		for _, child := range n.Nodes {
			i := slices.Index(want.children, child.XMLName.Local)
			if i < at || i == at && want.many != child.XMLName.Local {
				t.Errorf("%s: %s is in the wrong place", name, child.XMLName.Local)
			}
			at = i
			check(child)
		}
	}
	check(root)
	if root.XMLName.Local != "testsuite" || seen["testcase"] != len(s.Results) || seen["failure"] != s.Count(Fail) || seen["skipped"] != s.Count(Inconclusive) || seen["system-out"] != 1 {
		t.Errorf("%s has %v", root.XMLName.Local, seen)
	}
	if strings.ContainsAny(text, "\u202e\x1b") || !strings.Contains(text, `\x1b[31m\x00\xff\u202e ]]&gt; &lt;script&gt;`) {
		t.Errorf("characters that XML cannot hold are not escaped: %.300q", text)
	}
}

// There is one annotation for each family that has failed, and the peer cannot write another.
func TestAnnotations(t *testing.T) {
	t.Parallel()
	s, p, target := hostileRun(t)
	got := Annotations(s, p, target)
	for i, line := range strings.Split(strings.TrimSuffix(got, "\n"), "\n") {
		want := "::error title=framecat probe%3A " + []string{"split/1%2C split/2", "bytes", "reset/1"}[i] + " failed::"
		data, ok := strings.CutPrefix(line, want)
		if !ok || strings.ContainsAny(data, "\r\n") || !strings.Contains(data, `\x1b[31m\x00\xff\u202e ]]> <script>&\r\n::error::x\n##[error]y`) {
			t.Errorf("%s\nwant %s…", line, want)
		}
	}
	if n := strings.Count(got, "\n"); n != 3 {
		t.Errorf("%d annotations, want 3", n)
	}
	if got, want := command("error", "a:b,%\r\n", "a:b,%\r\n"), "::error title=a%3Ab%2C%25%0D%0A::a:b,%25%0D%0A\n"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	if got := Annotations(played(p, "", ""), p, target); got != "" {
		t.Errorf("without a failure: %q", got)
	}
	unsure := Annotations(played(p, "", "bytes"), p, target)
	if !strings.HasPrefix(unsure, "::warning title=framecat probe%3A no fault found%2C but some cases could not be judged::") {
		t.Error(unsure)
	}
	many := &Summary{}
	for i := range 12 {
		many.Results = append(many.Results, Result{Case: &Case{ID: fmt.Sprintf("f%d/1", i)}, Verdict: Fail})
	}
	lines := strings.Split(strings.TrimSuffix(Annotations(many, p, target), "\n"), "\n")
	if len(lines) != mostAnnotations || lines[9] != "::error title=framecat probe%3A more failed::f9, f10, f11" {
		t.Errorf("12 families: %q", lines)
	}
}

// In a summary, what the peer writes is only in blocks of code.
func TestStepSummary(t *testing.T) {
	t.Parallel()
	s, p, target := hostileRun(t)
	var outside strings.Builder
	fence := ""
	for line := range strings.Lines(StepSummary(s, p, target)) {
		line = strings.TrimSuffix(line, "\n")
		ticks := line[:len(line)-len(strings.TrimLeft(line, "`"))]
		switch {
		case fence == "" && len(ticks) >= 3:
			fence = ticks
		case fence != "" && line == ticks && len(ticks) >= len(fence):
			fence = ""
		case fence == "":
			outside.WriteString(line + "\n")
		}
	}
	if text := outside.String(); fence != "" || strings.Contains(text, "script") || strings.Contains(text, "# z") {
		t.Errorf("outside of code:\n%s", text)
	} else if want := "\n| FAIL | 4 |\n"; !strings.Contains(text, want) || !strings.Contains(text, "\n#### split: 2 of 14 cases failed\n") {
		t.Errorf("no %q in\n%s", want, text)
	}
}

// A log has no commands for the runner but ours. It takes :: at the start of a line, after white
// space of any kind, and ##[ anywhere.
func TestGuard(t *testing.T) {
	t.Parallel()
	for _, row := range []struct{ in, want string }{
		{"::error::x\n", ":\\:error::x\n"},
		{"a ::error::x\n", "a ::error::x\n"},
		{" \t::x::\n", " \t:\\:x::\n"},
		{"\u00a0\u2028::x::", "\u00a0\u2028:\\:x::"},
		{"a\r::x::", "a\r:\\:x::"},
		{":::x::\n::y::", ":\\::x::\n:\\:y::"},
		{": :x::", ": :x::"},
		{"a ##[x]", "a ##\\[x]"},
		{"###[x] #[", "###\\[x] #["},
		{"##\\[x]", "##\\[x]"},
		{"00 ..::a", "00 ..::a"},
	} {
		for size := 1; size <= len(row.in); size++ {
			var out strings.Builder
			g := &Guard{Out: &out}
			for part := range slices.Chunk([]byte(row.in), size) {
				if n, err := g.Write(part); n != len(part) || err != nil {
					t.Fatal(n, err)
				}
			}
			if got := out.String(); got != row.want {
				t.Errorf("%q in pieces of %d: %q, want %q", row.in, size, got, row.want)
			}
		}
	}
	var out strings.Builder
	(&Guard{Out: &out, JSON: true}).Write([]byte(`{"a":["###[x]"]}`))
	if want := `{"a":["###\u005bx]"]}`; out.String() != want {
		t.Errorf("%s, want %s", out.String(), want)
	}
}

// Prose is wrapped at spaces on a narrow terminal; a line to copy is not.
func TestTerminalWidth(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := receiver{serve: oneRead}
		o := r.options(t, r.inMemory())
		o.Only = []string{"split/2", "merge/2"}
		var out strings.Builder
		terminal := NewTerminal(&out, hexview.Options{Cols: 4, Width: 40}, &o.Plan, Target{Address: "localhost:4000", Spec: "u32be"})
		terminal.Clear, terminal.Unit = func() {}, "reply"
		s, err := Run(t.Context(), o)
		for i := range s.Results {
			terminal.Result(&s.Results[i])
		}
		terminal.End(s)
		for line := range strings.Lines(out.String()) {
			if !strings.HasPrefix(line, "  repeat: ") && len(line) > 41 {
				t.Errorf("got a line of %d columns, want at most 40: %q", len(line)-1, line)
			}
		}
		if err != nil || !strings.Contains(out.String(), "  repeat: framecat send -f u32be --chunk 2,13") {
			t.Errorf("%v\n%s", err, &out)
		}
	})
}
