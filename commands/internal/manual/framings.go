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
		listFramings(&b, st)
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

func listFramings(b *strings.Builder, st report.Style) {
	for _, k := range framing.Entries() {
		fmt.Fprintf(b, "%s  %s\n", st.Strong(fmt.Sprintf("%-16s", k.Name)), k.Summary)
	}
	b.WriteString("\nframecat framings NAME explains one of them.\n")
}
