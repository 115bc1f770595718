package probe

import (
	"strings"

	"framecat/commands/internal/page"
)

// The most that a page shows of a case.
const (
	pageWrites  = 400
	pageReplies = 100
)

// Page returns a report as a page to send along. Unit is what the peer sends: "reply" or "message".
func Page(s *Summary, p *Plan, t Target, unit string) *page.Page {
	out := &page.Page{Title: "probe -f " + t.Spec + " " + t.Address, Word: "case", Notes: []string{s.Sentence(), s.Counts() + "; judged by: " + string(s.Oracle)}}
	for i := range s.Results {
		r := &s.Results[i]
		item := page.Item{
			Label: string(r.Verdict) + " " + r.ID, Kind: "good", Size: -1, Text: r.Found(),
			Fields: []page.Field{{Name: "verdict", Value: string(r.Verdict)}, {Name: "cases", Value: r.Family()}, {Name: "cut", Value: r.Place}},
		}
		switch r.Verdict {
		case Fail:
			item.Kind = "bad"
		case Inconclusive:
			item.Kind = "unsure"
		case Info, Known:
			item.Kind = "note"
		}
		d := details{to: &item, plan: p, unit: unit, writes: pageWrites, replies: pageReplies}
		d.show(r)
		if r.Verdict != Pass {
			item.Lines = append(item.Lines, t.Repeat(p, r))
		}
		if r.Hint != "" {
			item.Lines = append(item.Lines, "hint: "+r.Hint)
		}
		if r.Stderr != "" {
			item.Lines = append(item.Lines, "standard error:\n"+strings.TrimRight(r.Stderr, "\n"))
		}
		out.Add(item)
	}
	return out
}
