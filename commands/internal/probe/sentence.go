package probe

import (
	"fmt"
	"slices"
	"strings"

	"framecat/commands/internal/report"
)

// Sentence returns what to do about the failures, in one sentence.
func (s *Summary) Sentence() string {
	var parts []string
	add := func(families []string, text string) {
		for i := range s.Results {
			if r := &s.Results[i]; r.Verdict == Fail && slices.Contains(families, r.Family()) {
				parts = append(parts, text)
				return
			}
		}
	}
	wrong := "does not answer a long message: it takes none of this length, or does not read all bytes of the length"
	if s.Oracle == None {
		wrong = "the replies to uncut messages are wrong: see the first case; if they have another framing, give it with --reply-framing"
	}
	if s.Wrong != "" {
		wrong = s.Wrong
	}
	add([]string{"reference"}, wrong)
	add([]string{"utf8"}, "breaks when a message is not ASCII: is its length counted in characters?")
	if text := s.splits(); text != "" {
		parts = append(parts, text)
	} else {
		add([]string{"bytes", "header-then-wait"}, "breaks when the pieces of a frame arrive slowly")
	}
	failed := func(id string) bool {
		return slices.ContainsFunc(s.Results, func(r Result) bool { return r.Verdict == Fail && r.ID == id })
	}
	switch {
	case failed("merge/2"), failed("merge/all"):
		parts = append(parts, "breaks when frames arrive in one read")
	case failed("merge+half") && s.splits() == "":
		parts = append(parts, "breaks when a frame and a part of the next arrive in one read")
	}
	if !slices.ContainsFunc(s.Results, func(r Result) bool { return r.Verdict == Fail && r.Family() == "split" }) {
		add([]string{"slow"}, "a slow sender breaks it, or makes other connections wait")
	}
	add([]string{"close", "reset"}, "does not survive a connection that ends inside a frame")
	add([]string{"length"}, "does not cope with a wrong length: see the cases length/*")
	add([]string{"checksum", "garbage"}, "does not cope with bytes that are no frame")
	switch {
	case len(parts) > 0:
		return strings.Join(parts, "; ")
	case s.Count(Inconclusive) == 0 && s.Count(Known) > 0:
		return "no fault found but those that are known"
	case s.Count(Inconclusive) == 0:
		return "no fault found"
	case s.Count(Pass) == 0:
		return "nothing could be judged"
	}
	return "no fault found, but some cases could not be judged"
}

// splits describes where a cut in a frame breaks the peer: at which offsets of the first such frame.
// It returns "" if there is none.
func (s *Summary) splits() string {
	var failed []*Result
	tried, header := 0, 0
	for i := range s.Results {
		r := &s.Results[i]
		if r.Family() != "split" {
			continue
		}
		if _, _, later := r.later(); !later {
			tried++
		}
		if r.Verdict == Fail && (len(failed) == 0 || r.Cut == failed[0].Cut) {
			failed = append(failed, r)
			if r.Offset < r.Cut.headerEnd() {
				header++
			}
		}
	}
	if len(failed) == 0 {
		return ""
	}
	first, last := failed[0], failed[len(failed)-1]
	frame, of, end := "a frame", "", fmt.Sprintf(" of %d", len(first.Cut.Frame))
	number, _, later := first.later()
	if later {
		frame, of = "message "+number, " of message "+number
	}
	what := frame + " is split"
	switch {
	case len(failed) == tried && tried > 1 && !later && first.Offset == 1 && last.Offset == len(first.Cut.Frame)-1:
		what += " anywhere"
	case header == len(failed):
		what, end = "the header"+of+" is split", fmt.Sprintf(" of %d", first.Cut.headerEnd())
	case !slices.ContainsFunc(failed, func(r *Result) bool { return r.Place != first.Place }):
		what += " " + first.Place
	case header == 0 && first.Offset >= first.Cut.headerEnd() && last.Offset < first.Cut.bodyEnd():
		what = "the payload" + of + " is split"
	}
	word := "offset"
	var offsets []int
	for _, r := range failed {
		offsets = append(offsets, r.Offset)
	}
	if len(offsets) > 1 {
		word += "s"
	}
	return fmt.Sprintf("breaks when %s: %s %s%s", what, word, ranges(offsets), end)
}

// later returns M and OFFSET of the ID split/M.OFFSET, and whether it is one of a later message.
func (c *Case) later() (m, offset string, later bool) {
	return strings.Cut(strings.TrimPrefix(c.ID, "split/"), ".")
}

// JudgedBy describes by what cases were judged.
func (s *Summary) JudgedBy() string {
	text := string(s.Oracle)
	if s.Stores && s.Oracle != Stored {
		text += ", and " + string(Stored)
	}
	if s.Ignores && (s.Stores || s.Oracle == Equal || s.Oracle == Output || s.Oracle == Expected) {
		text += ", less --ignore"
	}
	return text
}

// Advice returns how the next run may find more, or "".
func (s *Summary) Advice() string {
	const more = " To compare what they say, name what may differ with --ignore, or give what must come with --expect-reply."
	if s.Varies {
		return "What the client prints, or its status, differs from run to run, so it is not compared: name what may differ with --ignore."
	}
	switch s.Oracle {
	case AsMany:
		return "The replies to uncut messages differ from run to run, so only their number is compared: a changed reply is not noticed." + more
	case Answered:
		return "The number of replies to uncut messages differs from run to run, so only the first is looked for: a changed or missing reply is not noticed." + more
	}
	return ""
}

// ranges writes numbers in rising order as 1-3, 7.
func ranges(list []int) string {
	var out []string
	for i := 0; i < len(list); {
		k := i
		for k+1 < len(list) && list[k+1] == list[k]+1 {
			k++
		}
		text := fmt.Sprint(list[i])
		if k > i {
			text += "-" + fmt.Sprint(list[k])
		}
		out = append(out, text)
		i = k + 1
	}
	return strings.Join(out, ", ")
}

// Counts returns how many cases have each verdict, such as "3 failed, 40 passed".
func (s *Summary) Counts() string {
	var parts []string
	for _, v := range []struct {
		Verdict
		text string
	}{{Fail, "failed"}, {Known, "failed as is known"}, {Inconclusive, "could not be judged"}, {Info, "for information"}, {Pass, "passed"}} {
		if n := s.Count(v.Verdict); n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, v.text))
		}
	}
	return report.Count(int64(len(s.Results)), "case") + ": " + strings.Join(parts, ", ")
}
