package manual

import (
	"fmt"

	"framecat/commands/internal/records"
	"framecat/commands/internal/report"
)

// RecordsTopic is the word after framecat help that explains the JSON records.
const RecordsTopic = "json"

const (
	recordsSummary = "JSON records that framecat prints"
	recordsAbout   = "With -o json, framecat prints one JSON object per line. decode, send and listen print a record frame for each " +
		"message; inspect and tap print other records too. The first key of a record is type; the others follow in the order below."
	recordsStable = "The names and the order of records and keys do not change, nor does what they mean. Later versions may add records " +
		"and keys: ignore those that you do not know."
	recordsStrings = "Control characters, and those that change the direction of text, are always written as \\u escapes, so that records are safe on a terminal. " +
		"Numbers of header fields have up to 64 bits; some programs round those over 9007199254740992."
	recordsInput = "encode, send and listen read records of frames with -i json, and other objects that have one of the keys text, base64, hex and, without these, json. " +
		"If header or trailer is there too, the new frame keeps what the framing cannot derive, such as a type or flags. " +
		"All other keys are ignored."
)

// recordKinds explain the kinds of values that are not plain.
var recordKinds = []Term{
	{string(records.Hex), "a string with two hex digits for each byte"},
	{string(records.Base64), "a string in base64 with padding"},
	{string(records.Time), "a string in the format of RFC 3339, in UTC, with nanoseconds: 2026-01-02T03:04:05.000000006Z"},
}

// recordsExamples show how records are used. A test runs each.
var recordsExamples = []Example{
	{"print the size of each payload", `framecat decode -f u16be -o json frames.bin | jq .size`},
	{"change messages, and keep the other fields of their headers", `framecat decode -o json a | sed s/cat/dog/ | framecat encode -i json`},
	{"print a header field of each frame", `framecat decode -f docker -o json frames.bin | jq -r .fields.stream`},
}

// keyTerms are the keys of a record, and those of the objects in it.
func keyTerms(before string, keys []records.Key) (terms []Term) {
	for _, k := range keys {
		what := string(k.Kind)
		if k.When != "" {
			what += ", only if " + k.When
		}
		terms = append(terms, Term{before + k.Name, fmt.Sprintf("%s (%s)", k.Text, what)})
		if k.Like != "" {
			continue
		}
		inside := before + k.Name + "."
		if k.Kind == records.Objects {
			inside = before + k.Name + "[]."
		}
		terms = append(terms, keyTerms(inside, k.Keys)...)
	}
	return terms
}

// RecordsHelp explains the JSON records.
func RecordsHelp(st report.Style) string {
	h := &page{st: st}
	fmt.Fprintf(h, "framecat help %s: %s\n\n%s\n", RecordsTopic, recordsSummary, report.Wrap(recordsAbout, 0))
	for _, text := range []string{recordsStable, recordsStrings, recordsInput} {
		fmt.Fprintf(h, "\n%s\n", report.Wrap(text, 0))
	}
	h.examples(recordsExamples)
	h.terms("Kinds of values", recordKinds)
	for _, r := range records.All() {
		h.head(r.Name)
		fmt.Fprintf(h, "  %s\n\n", report.Wrap(r.Text, 2))
		for _, t := range keyTerms("", r.Keys) {
			h.row(t.Word, t.Text, recordIndent)
		}
	}
	return h.String()
}

// recordIndent is where keys are explained; longer ones have a line of their own.
const recordIndent = 15

// recordsPage is the manual page of the JSON records.
func recordsPage(version, date string) string {
	m := newManPage("framecat-json", "5", "File Formats", recordsSummary, version, date)
	m.macro("SH", "DESCRIPTION")
	for i, text := range []string{recordsAbout, recordsStable, recordsStrings, recordsInput} {
		if i > 0 {
			m.WriteString(".PP\n")
		}
		m.text(text)
	}
	m.terms("KINDS OF VALUES", recordKinds)
	m.macro("SH", "RECORDS")
	for _, r := range records.All() {
		m.macro("SS", r.Name)
		m.text(r.Text)
		m.list(keyTerms("", r.Keys))
	}
	m.examples(recordsExamples)
	return m.seeAlso(nil, "framecat-json.5")
}
