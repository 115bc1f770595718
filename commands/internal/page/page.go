// Package page makes a page to send along: one HTML file that shows messages, or the cases of a probe,
// in a browser. The page needs no network, and its policy forbids any.
//
// Start with a Page; Add an Item for each message, and then take HTML. What comes from outside reaches
// the page only as data, in one element of JSON, and its script shows it as text only.
package page

import (
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"encoding/json"
	"strings"
	"time"

	"framecat/commands/internal/report"
	"framecat/hexview"
)

// The limits of a page, so that it opens at once.
const (
	mostItems = 10_000
	mostBytes = 32 << 20 // in all
	mostEach  = 64 << 10 // bytes of an item
)

// A Page is a list of items with a title.
type Page struct {
	Title string
	Word  string   // what an item is, such as "message"
	Notes []string // lines below the title: counts, or what was found

	items []Item
	bytes int
	left  int64 // items that the page has no place for
}

// An Item is a message, a case, or something that happened. Its bytes are added with Begin and Bytes.
type Item struct {
	Label  string // such as "#0" or "split/3"
	Kind   string // "" for a message; otherwise a class of the style sheet: see page.css
	Time   time.Time
	Dir    string // "c2s" or "s2c"; "" if there is no direction
	Size   int64  // of the payload; -1 for an item that has none
	Fields []Field
	Text   string   // what is to be known of it, in words
	Lines  []string // text that is shown below the bytes, such as a command line that can be copied

	rows    []row
	payload []byte // nil if it is the bytes of hexview.Payload; otherwise those are escaped
	held    int
	more    int64 // bytes that the page has no place for
}

// A Field is a name and a value.
type Field struct{ Name, Value string }

// A row is a run of bytes with a title.
type row struct {
	title  string
	offset int64
	parts  []part
}

// A part is bytes with one meaning.
type part struct {
	kind  hexview.Part
	mark  byte
	bytes []byte
}

// Begin begins a run of bytes, as hexview.View does.
func (i *Item) Begin(offset int64, title string) {
	i.rows = append(i.rows, row{title: title, offset: offset})
}

// Bytes adds bytes to the run. They are copied.
func (i *Item) Bytes(p hexview.Part, mark byte, b []byte) {
	if len(b) == 0 {
		return
	}
	n := min(len(b), mostEach-i.held)
	i.more += int64(len(b) - n)
	if n == 0 {
		return
	}
	r := &i.rows[len(i.rows)-1]
	if k := len(r.parts); k > 0 && mark == 0 && r.parts[k-1].kind == p { // a large body comes in pieces
		r.parts[k-1].bytes = append(r.parts[k-1].bytes, b[:n]...)
	} else {
		r.parts = append(r.parts, part{p, mark, append([]byte(nil), b[:n]...)})
	}
	i.held += n
}

// Unescaped sets the payload, if the frame has it in an escaped form. It is copied.
func (i *Item) Unescaped(payload []byte) {
	i.payload = append([]byte{}, payload[:min(len(payload), mostEach)]...)
}

// End ends the run.
func (i *Item) End() {}

// Line adds a title without bytes.
func (i *Item) Line(text string) { i.rows = append(i.rows, row{title: text, offset: -1}) }

// Add adds an item. If there is no place for it, the page counts it.
func (p *Page) Add(i Item) {
	size := i.held + len(i.payload)
	if len(p.items) >= mostItems || p.bytes+size > mostBytes || p.left > 0 {
		p.left++
		return
	}
	p.bytes += size
	p.items = append(p.items, i)
}

// Empty reports whether the page has no items.
func (p *Page) Empty() bool { return len(p.items) == 0 }

// The parts of the file. The data comes last, so that the rest is fixed.
var (
	//go:embed page.html
	frame string
	//go:embed page.css
	style string
	//go:embed page.js
	script string
)

// The data of a page, as its script reads it. The names are short because there are many items.
type (
	dataPage struct {
		Title string     `json:"title"`
		Word  string     `json:"word"`
		Notes []string   `json:"notes"`
		Left  int64      `json:"left"`
		Items []dataItem `json:"items"`
	}
	dataItem struct {
		Label   string      `json:"n"`
		Kind    string      `json:"k,omitempty"`
		Time    string      `json:"t,omitempty"`
		Dir     string      `json:"d,omitempty"`
		Size    int64       `json:"s"`
		Fields  [][2]string `json:"f,omitempty"`
		Text    string      `json:"x,omitempty"`
		Payload []byte      `json:"p,omitempty"`
		Lines   []string    `json:"l,omitempty"`
		Rows    []dataRow   `json:"r,omitempty"`
		More    int64       `json:"m,omitempty"`
	}
	dataRow struct {
		Title  string     `json:"n,omitempty"`
		Offset int64      `json:"o"`
		Parts  []dataPart `json:"p,omitempty"`
	}
	dataPart struct {
		Kind  string `json:"k"`
		Mark  string `json:"m,omitempty"`
		Bytes []byte `json:"b"`
	}
)

// kindName names a part of a frame as the style sheet does.
func kindName(p hexview.Part) string {
	switch p {
	case hexview.Header:
		return "header"
	case hexview.Payload:
		return "payload"
	case hexview.Trailer:
		return "trailer"
	case hexview.Leftover:
		return "leftover"
	case hexview.Fill:
		return "fill"
	case hexview.Wrong:
		return "wrong"
	case hexview.Removed:
		return "removed"
	case hexview.Added:
		return "added"
	}
	return "unread"
}

// data returns an item as the script reads it. Characters that could change the order of text are
// escaped, and so are bytes that are not UTF-8, in each text.
func (i *Item) data() dataItem {
	d := dataItem{
		Label: report.Sanitize(i.Label), Kind: i.Kind, Dir: i.Dir, Size: i.Size, Text: report.Sanitize(i.Text), Payload: i.payload, More: i.more,
	}
	if !i.Time.IsZero() {
		d.Time = i.Time.UTC().Format("2006-01-02T15:04:05.000000000Z")
	}
	for _, f := range i.Fields {
		d.Fields = append(d.Fields, [2]string{report.Sanitize(f.Name), report.Sanitize(f.Value)})
	}
	for _, l := range i.Lines {
		var text string
		for line := range strings.SplitSeq(l, "\n") {
			text += report.Sanitize(line) + "\n"
		}
		d.Lines = append(d.Lines, strings.TrimSuffix(text, "\n"))
	}
	for _, r := range i.rows {
		row := dataRow{Title: report.Sanitize(r.title), Offset: r.offset}
		for _, p := range r.parts {
			mark := ""
			if p.mark != 0 {
				mark = string(rune(p.mark))
			}
			row.Parts = append(row.Parts, dataPart{kindName(p.kind), mark, p.bytes})
		}
		d.Rows = append(d.Rows, row)
	}
	return d
}

// HTML returns the page.
func (p *Page) HTML() string {
	d := dataPage{Title: report.Sanitize(p.Title), Word: p.Word, Left: p.left, Notes: []string{}, Items: []dataItem{}}
	for _, n := range p.Notes {
		d.Notes = append(d.Notes, report.Sanitize(n))
	}
	for k := range p.items {
		d.Items = append(d.Items, p.items[k].data())
	}
	// Marshal writes < as \u003c, so nothing ends the element of the data. It holds strings and numbers:
	// there can be no error.
	data, _ := json.Marshal(d)
	return strings.NewReplacer(
		"{{script hash}}", hash(script), "{{style hash}}", hash(style),
		"{{style}}", style, "{{script}}", script, "{{data}}", string(data),
	).Replace(frame)
}

// hash returns the source of a policy that allows this text.
func hash(text string) string {
	sum := sha256.Sum256([]byte(text))
	return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
}
