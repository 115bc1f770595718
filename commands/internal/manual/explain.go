package manual

import (
	"cmp"
	"fmt"
	"strings"
	"unicode/utf8"

	"framecat/commands/internal/report"
	"framecat/framing"
)

// explain writes all that the table of framings has about one.
func explain(b *strings.Builder, st report.Style, k *framing.Entry) {
	usage := cmp.Or(k.Usage, k.Name)
	describeFrames(b, st, k, plainest(k), usage)
	for i, f := range fieldTerms(k) {
		if i == 0 {
			b.WriteString("\n  fields\n")
		}
		writeHelp(b, st, f.Word, f.Text)
	}
	for i, key := range k.Details().Keys() {
		if i == 0 {
			b.WriteString("\n  keys\n")
		}
		writeHelp(b, st, key.Name, key.Help)
	}
	if lender := keyLender(k); lender != "" {
		fmt.Fprintf(b, "\n  The keys of %s work too: see framecat framings %s.\n", lender, lender)
	}
	b.WriteString("\n  examples\n")
	for _, x := range k.Details().Examples() {
		example(b, k, x.Spec, x.Payload)
	}
}

// plainest is the framing of a row with as few arguments as it can have.
func plainest(k *framing.Entry) framing.Framing {
	f, err := framing.Parse(k.Name)
	if err != nil {
		f, _ = framing.Parse(k.Details().Examples()[0].Spec)
	}
	return f
}

// describeFrames draws the frames of f, a framing of k, and writes what is known about them.
func describeFrames(b *strings.Builder, st report.Style, k *framing.Entry, f framing.Framing, title string) {
	if utf8.RuneCountInString(title) < report.PageWidth/2 {
		fmt.Fprintf(b, "%s: %s\n\n", st.Strong(title), report.Wrap(k.Summary, utf8.RuneCountInString(title)+2))
	} else {
		fmt.Fprintf(b, "%s\n  %s\n\n", st.Strong(breakSpec(title, report.PageWidth-2, 2)), report.Wrap(k.Summary, 2))
	}
	drawParts(b, k, f)
	b.WriteString("\n")
	for _, fact := range facts(k, f) {
		writeFact(b, st, fact.Word, fact.Text)
	}
}

// facts are what is known about f, a framing of k, each with a short name.
func facts(k *framing.Entry, f framing.Framing) []Term {
	var facts []Term
	add := func(word, before, text, after string) {
		if text != "" {
			facts = append(facts, Term{word, before + text + after})
		}
	}
	add("same as", "", k.Spec, "")
	add("also", "", strings.Join(k.Details().Traits().Aliases, ", "), "")
	add("length", "counts ", k.Details().Counts(f), "")
	add("crc", "", k.Details().Checksum(f), "")
	if magic, bytes := k.Details().HexMagic(f); bytes != "" {
		add("magic", "", fmt.Sprintf("the text %q; for the bytes % x write magic=0x%x", magic, bytes, bytes), "")
	}
	add("limits", "", k.Details().Limits(f), "")
	add("encodes", "", k.Details().Default(), "")
	add("output", "", k.Details().Out(), " by default")
	add("source", "", k.Source, "")
	return facts
}

// fieldTerms are the fields of a row's frames.
func fieldTerms(k *framing.Entry) (terms []Term) {
	for _, f := range k.Fields {
		terms = append(terms, Term{f.Name, fieldText(&f)})
	}
	var free []string
	for _, name := range k.Details().Variable() {
		if names := knownNames(k, plainest(k), name); len(names) > 0 {
			terms = append(terms, Term{name, "not at a fixed offset: " + strings.Join(names, ", ")})
		} else {
			free = append(free, name)
		}
	}
	if len(free) > 0 {
		terms = append(terms, Term{strings.Join(free, ", "), "not at a fixed offset"})
	}
	return terms
}

// keyLender is the rule whose keys a row takes besides its own, or "".
func keyLender(k *framing.Entry) string {
	for k.Spec != "" {
		if k = framing.Lookup(k.Spec); k == nil {
			break
		}
		if len(k.Details().Keys()) > 0 {
			return k.Name
		}
	}
	return ""
}

// explainSpec writes how a framing with arguments of its own looks.
func explainSpec(b *strings.Builder, st report.Style, k *framing.Entry, f framing.Framing) {
	describeFrames(b, st, k, f, f.String())
	if payload, ok := examplePayload(k, f); ok {
		b.WriteString("\n  example\n")
		example(b, k, f.String(), payload)
	}
	fmt.Fprintf(b, "\n  framecat framings %s lists its keys.\n", k.Name)
}

// examplePayload returns a payload that a frame of f, a framing of k, can carry.
func examplePayload(k *framing.Entry, f framing.Framing) (payload string, ok bool) {
	text := strings.Repeat("hello ", 700)
	candidates := []string{"hello", k.Details().Examples()[0].Payload}
	for n := range len(text) { // the framing may want a certain size
		candidates = append(candidates, text[:n])
	}
	for _, c := range candidates {
		if _, err := f.Append(nil, framing.Marks{}, []byte(c)); err == nil {
			return c, true
		}
	}
	return "", false
}

// fieldText is the place of a field, and the values that have a name.
func fieldText(f *framing.Field) string {
	s := fmt.Sprintf("byte %d", f.At)
	if f.Size > 1 {
		s = fmt.Sprintf("bytes %d-%d", f.At, f.At+f.Size-1)
	}
	if f.Mask != 0 {
		s += fmt.Sprintf(", bits %#x", f.Mask)
	}
	verb, before := valueVerb(f), ": "
	for _, n := range f.Names {
		s, before = s+before, ", "
		if fmt.Sprintf("%x", n.Name) != fmt.Sprintf("%x", n.Value) { // else it spells its name
			s += fmt.Sprintf(verb+"=", n.Value)
		}
		s += n.Name
	}
	return s
}

// valueVerb is how the values of a field are best written: as letters, as small
// numbers, or else in hex.
func valueVerb(f *framing.Field) string {
	letters, most := true, 0
	for _, n := range f.Names {
		letters = letters && strings.ContainsRune("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz", rune(n.Value))
		most = max(most, int(n.Value))
	}
	switch {
	case letters && len(f.Names) > 1:
		return "%q"
	case most < 100:
		return "%d"
	}
	return "%#x"
}

// writeFact writes a short name and, wrapped after it, what is known.
func writeFact(b *strings.Builder, st report.Style, name, text string) {
	if name == "same as" { // a SPEC has no blanks to break it at
		text = breakSpec(text, report.PageWidth-11, 11)
		fmt.Fprintf(b, "  %s  %s\n", st.Strong(fmt.Sprintf("%-7s", name)), text)
		return
	}
	fmt.Fprintf(b, "  %s  %s\n", st.Strong(fmt.Sprintf("%-7s", name)), report.Wrap(text, 11))
}

// writeHelp writes a name and, wrapped after it, what it means.
func writeHelp(b *strings.Builder, st report.Style, name, text string) {
	if gap := 16 - utf8.RuneCountInString(name); gap < 0 {
		name += "\n" + strings.Repeat(" ", 20)
	}
	fmt.Fprintf(b, "    %s  %s\n", st.Strong(fmt.Sprintf("%-16s", name)), report.Wrap(text, 22))
}

// breakSpec breaks a SPEC after its commas into lines of width, which begin at column
// indent.
func breakSpec(spec string, width, indent int) string {
	var b strings.Builder
	col := 0
	for _, arg := range strings.SplitAfter(spec, ",") {
		if col > 0 && col+len(arg) > width {
			b.WriteString("\n" + strings.Repeat(" ", indent))
			col = 0
		}
		b.WriteString(arg)
		col += len(arg)
	}
	return b.String()
}
