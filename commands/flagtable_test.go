package commands

import (
	"slices"
	"strings"
	"testing"

	"framecat/commands/internal/formats"
	"framecat/commands/internal/link"
	"framecat/commands/internal/manual"
	"framecat/framing"
)

// The commands accept each word that help shows for --chunk and for addresses.
func TestWordsAreTaken(t *testing.T) {
	filled := strings.NewReplacer("fd:N", "fd:3", "HOST", "example.org", "PORT", "4000", "PATH", "/socket", "[:SEED]", ":7", "[:SIZE]", ":4KiB")
	for _, w := range chunkWords {
		word := strings.ReplaceAll(filled.Replace(w.Word), "N", "5")
		if _, err := link.ParseChunking(word); err != nil {
			t.Errorf("--chunk %s: %v", word, err)
		}
	}
	for _, w := range slices.Concat(sendAddress.Terms, listenAddress.Terms) {
		if _, _, err := link.ParseAddress([]string{filled.Replace(w.Word)}); err != nil {
			t.Errorf("%s: %v", w.Word, err)
		}
	}
}

// The section about formats has each format, and each framing with another default format.
func TestFormatSection(t *testing.T) {
	s := outSection()
	for _, f := range formats.FormatHelp {
		if !slices.ContainsFunc(s.Terms, func(w manual.Term) bool { return strings.HasPrefix(w.Word, f.Name) }) {
			t.Errorf("the section does not have the format %s", f.Name)
		}
	}
	escaped, rest, _ := strings.Cut(s.Text, " as escaped")
	hex, _, _ := strings.Cut(rest, " as hex")
	for _, k := range framing.Entries() {
		for format, text := range map[string]string{"escaped": escaped, "hex": hex} {
			if slices.Contains(strings.FieldsFunc(text, func(c rune) bool { return c == ' ' || c == ',' }), k.Name) != (k.Details().Out() == format) {
				t.Errorf("%s is printed as %q; the section says %s", k.Name, k.Details().Out(), s.Text)
			}
		}
	}
}
