package probe

import (
	"encoding/xml"
	"strconv"
	"strings"

	"framecat/commands/internal/report"
)

// The elements of a JUnit report, in the order that the schema of Maven Surefire wants. That of Jenkins
// takes them in any order.
type (
	suite struct {
		XMLName  xml.Name `xml:"testsuite"`
		Name     string   `xml:"name,attr"`
		Tests    int      `xml:"tests,attr"`
		Failures int      `xml:"failures,attr"`
		Errors   int      `xml:"errors,attr"`
		Skipped  int      `xml:"skipped,attr"`
		Time     string   `xml:"time,attr"`
		Cases    []testCase
	}
	testCase struct {
		XMLName xml.Name `xml:"testcase"`
		Name    string   `xml:"name,attr"`
		Class   string   `xml:"classname,attr"`
		Time    string   `xml:"time,attr"`
		Failure *failure
		Skipped *skipped
		Out     string `xml:"system-out,omitempty"`
		Err     string `xml:"system-err,omitempty"`
	}
	failure struct {
		XMLName xml.Name `xml:"failure"`
		Message string   `xml:"message,attr"`
		Type    string   `xml:"type,attr"`
		Text    string   `xml:",chardata"`
	}
	skipped struct {
		XMLName xml.Name `xml:"skipped"`
		Message string   `xml:"message,attr"`
	}
)

// JUnit returns a report as JUnit's XML. A case that could not be judged is a skipped test. Characters
// that XML cannot hold are escaped, as on a terminal.
func JUnit(s *Summary, p *Plan, t Target) string {
	out := suite{
		Name: "framecat probe", Tests: len(s.Results), Failures: s.Count(Fail), Skipped: s.Count(Inconclusive) + s.Count(Known),
	}
	total := 0.0
	for i := range s.Results {
		r := &s.Results[i]
		total += r.Took.Seconds()
		c := testCase{Name: r.ID, Class: "framecat.probe." + r.Family(), Time: seconds(r.Took.Seconds())}
		reason := report.Sanitize(r.Reason)
		switch r.Verdict {
		case Fail:
			c.Failure = &failure{Message: report.Sanitize(r.advised()), Type: "FAIL", Text: r.Place + "\n" + report.Sanitize(t.Repeat(p, r)) + "\n" + r.ended()}
		case Inconclusive:
			c.Skipped = &skipped{Message: report.Sanitize(r.advised())}
		case Known:
			c.Skipped = &skipped{Message: "known: " + reason}
		case Info:
			c.Out = reason
		}
		for line := range strings.Lines(r.Stderr) {
			c.Err += report.Sanitize(strings.TrimRight(line, "\r\n")) + "\n"
		}
		out.Cases = append(out.Cases, c)
	}
	out.Time = seconds(total)
	text, _ := xml.MarshalIndent(out, "", "  ") // strings and numbers: there can be no error
	return xml.Header + string(text)
}

// ended returns a line on how a process ended, or "".
func (r *Result) ended() string {
	if r.Exit == "" && r.Memory == 0 {
		return ""
	}
	return "process: " + r.process() + "\n"
}

// advised returns the reason, with what to do about it.
func (r *Result) advised() string {
	if r.Hint == "" {
		return r.Reason
	}
	return r.Reason + "; " + r.Hint
}

func seconds(s float64) string { return strconv.FormatFloat(s, 'f', 3, 64) }
