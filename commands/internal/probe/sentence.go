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

// splits describes the offsets of the first frame at which a cut breaks the peer, or returns "".
func (s *Summary) splits() string {
	var failed []int
	tried, header, others := 0, 0, 0
	var cut *Message
	places := map[string]bool{}
	for i := range s.Results {
		r := &s.Results[i]
		if r.Family() != "split" {
			continue
		}
		first := !strings.Contains(r.ID, ".")
		if first {
			tried++
			cut = r.Cut
		}
		switch {
		case r.Verdict != Fail:
		case first:
			failed = append(failed, r.Offset)
			places[r.Place] = true
			if r.Offset < r.Cut.headerEnd() {
				header++
			}
		default:
			others++
			places[r.Place] = true
		}
	}
	switch {
	case len(failed) == 0 && others > 0:
		return "breaks when a later frame is split: see the cases split/M.OFFSET"
	case len(failed) == 0:
		return ""
	}
	size, what := len(cut.Frame), "a frame is split"
	end := fmt.Sprintf(" of %d", size)
	switch {
	case len(failed) == tried && tried > 1:
		what = "a frame is split anywhere"
	case header == len(failed):
		what, end = "the header is split", fmt.Sprintf(" of %d", cut.headerEnd())
	case len(places) == 1 && len(failed) > 0:
		for p := range places {
			what = "a frame is split " + p
		}
	case header == 0 && failed[0] >= cut.headerEnd() && failed[len(failed)-1] < cut.bodyEnd():
		what = "the payload is split"
	}
	word := "offsets"
	if len(failed) == 1 {
		word = "offset"
	}
	return fmt.Sprintf("breaks when %s: %s %s%s", what, word, ranges(failed), end)
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
