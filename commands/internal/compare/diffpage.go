package compare

import (
	"fmt"
	"io"

	"framecat/commands/internal/page"
	"framecat/commands/internal/report"
	"framecat/framing"
	"framecat/hexview"
)

// Pages adds each difference to a page. It prints only the counts.
type Pages struct {
	Diff   *Diff
	Page   *page.Page
	Stream string // names the stream; "" if there is only one
	Out    io.Writer

	equal int64 // messages since the last difference
}

// pageCols is how many bytes a row has, of those that are shown around a change.
const pageCols = 16

// Equal counts messages.
func (p *Pages) Equal(n int64) { p.equal += n }

// Changed adds a message that changed.
func (p *Pages) Changed(old, new framing.Frame) error {
	inOld, inNew := p.Diff.changes(old, new)
	i := p.item("changed", "note", new)
	if old.Index != new.Index {
		i.Fields = append(i.Fields, page.Field{Name: "was", Value: fmt.Sprintf("#%d", old.Index)})
	}
	showChanged(i, pageCols, old, inOld, hexview.Removed, ", old")
	showChanged(i, pageCols, new, inNew, hexview.Added, ", new")
	p.Page.Add(*i)
	return nil
}

// Removed adds a message that is only in the old stream.
func (p *Pages) Removed(f framing.Frame) error { return p.only(f, "removed", "bad") }

// Added adds a message that is only in the new stream.
func (p *Pages) Added(f framing.Frame) error { return p.only(f, "added", "good") }

func (p *Pages) only(f framing.Frame, word, kind string) error {
	i := p.item(word, kind, f)
	showFrame(i, f, note(f))
	p.Page.Add(*i)
	return nil
}

// item returns an item without bytes for a message, after one for the equal messages before it.
func (p *Pages) item(word, kind string, f framing.Frame) *page.Item {
	if p.equal > 0 {
		p.Page.Add(page.Item{Label: "…", Size: -1, Text: report.Count(p.equal, "equal message")})
		p.equal = 0
	}
	i := &page.Item{Label: fmt.Sprintf("#%d", f.Index), Kind: kind, Size: int64(len(f.Payload)), Text: word, Fields: []page.Field{{Name: "change", Value: word}}}
	if p.Stream != "" {
		i.Fields = append(i.Fields, page.Field{Name: "stream", Value: p.Stream})
	}
	i.Unescaped(f.Payload)
	return i
}

// Flush does nothing: the page is written at the end.
func (p *Pages) Flush() error { return nil }

// End ends the streams, and prints their counts.
func (p *Pages) End() error {
	text := p.Diff.Counts.String()
	if p.Stream != "" {
		text = p.Stream + ": " + text
	}
	p.equal = 0
	p.Page.Notes = append(p.Page.Notes, text)
	_, err := io.WriteString(p.Out, report.Sanitize(text)+"\n")
	return err
}
