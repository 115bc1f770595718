package manual

import (
	"fmt"
	"strings"

	"framecat/commands/internal/report"
	"framecat/framing"
)

// Framings lists the framings, or explains those of specs. Its error is a *framing.SpecError.
func Framings(st report.Style, specs []string) (string, error) {
	var b strings.Builder
	if len(specs) == 0 {
		listFramings(&b, st, nil)
		b.WriteString("\nframecat framings NAME explains one of them, and --search WORD finds some.\n")
	}
	for i, spec := range specs {
		if i > 0 {
			b.WriteString("\n")
		}
		name, args, _ := strings.Cut(spec, ":")
		k := framing.Lookup(name)
		f, err := framing.Parse(spec)
		switch {
		case k != nil && args == "":
			explain(&b, st, k)
		case err != nil:
			return "", err
		default:
			explainSpec(&b, st, k, f)
		}
	}
	return b.String(), nil
}

// Search lists the framings that have all of the words. If there are none, near is a word that
// some framing has and that is like one that no framing has, or "".
func Search(st report.Style, words []string) (text, near string) {
	var b strings.Builder
	if listFramings(&b, st, words) > 0 {
		return b.String(), ""
	}
	for _, w := range words {
		if listFramings(new(strings.Builder), st, []string{w}) == 0 {
			return "", report.Nearest(w, searchWords())
		}
	}
	return "", ""
}

// listFramings lists the framings that have all of the words, in groups. It returns how many
// there are.
func listFramings(b *strings.Builder, st report.Style, words []string) (n int) {
	for _, g := range Groups() {
		titled := false
		for _, k := range g.Rows {
			if !g.holds(&k, words) {
				continue
			}
			if !titled && n > 0 {
				b.WriteString("\n")
			}
			if !titled {
				fmt.Fprintf(b, "%s\n", st.Faint(g.Title))
			}
			titled = true
			n++
			fmt.Fprintf(b, "%s  %s\n", st.Strong(fmt.Sprintf("%-16s", k.Name)), k.Summary)
			if len(words) > 0 {
				b.WriteString(strings.Repeat(" ", 18) + st.Faint(report.Wrap(foundIn(&k), 18)) + "\n")
			}
		}
	}
	return n
}

// ChecksumNote names what a search for checksums cannot find: a key.
const ChecksumNote = "Length fields also take a checksum as a key: u16be:crc=crc32. For its values, run\nframecat framings length.\n"

// foundIn is what a search looks at besides name and summary: the other names and the source.
func foundIn(k *framing.Entry) string {
	if names := k.Details().Traits().Aliases; len(names) > 0 {
		return "also " + strings.Join(names, ", ") + "; " + k.Source
	}
	return k.Source
}
