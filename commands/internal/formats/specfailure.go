package formats

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"framecat/commands/internal/report"
	"framecat/framing"
)

// SpecFailure returns the failure for an error of framing.Parse. It shows the place of the
// error with a caret, and hints at the nearest valid word.
func SpecFailure(err error) *report.Failure {
	var e *framing.SpecError
	if !errors.As(err, &e) {
		return report.Usage("%s", err)
	}
	shown, caret := report.Sanitize(e.Spec), len([]rune(report.Sanitize(e.Spec[:e.Pos])))
	f := report.Usage("bad framing: %s\n    %s\n    %s^", e.Detail, shown, strings.Repeat(" ", caret))
	name, _, _ := strings.Cut(strings.ToLower(e.Spec), ":")
	near := meant(e)
	if e.Pos == 0 && e.Got != "" {
		near = report.Nearest(e.Got, framingNames())
	}
	advice := ""
	if e.Pos == 0 && framing.Lookup(name) == nil {
		advice = AdviceFor(name)
	}
	switch {
	case e.Hint != "":
		f.Hints = append(f.Hints, e.Hint)
	case advice != "":
		f.Hints = append(f.Hints, advice)
	case name == "auto":
		f.Hints = append(f.Hints, "to find the framing, run framecat inspect; it prints the -f to use")
	case name == "dir":
		f.Hints = append(f.Hints, "dir:PATH is a FORMAT for -o, not a framing")
	case framing.Lookup(name) == nil && isFormat(name):
		f.Hints = append(f.Hints, name+" is a FORMAT for -i and -o, not a framing")
	case near != "":
		f.Hints = append(f.Hints, "did you mean "+near+"?")
	default:
		f.Hints = append(f.Hints, "for a list of framings, run framecat framings; for the keys of one, framecat framings NAME")
	}
	return f
}

// meant returns the right word that is nearest to the wrong one, or "".
func meant(e *framing.SpecError) string {
	word := strings.ToLower(e.Got)
	if slices.Contains(e.Words, "on") {
		switch word {
		case "yes", "true", "1":
			return "on"
		case "no", "false", "0":
			return "off"
		}
	}
	return report.Nearest(word, e.Words)
}

// names are words that mean several framings, or none, with what to do instead. Names that mean
// one framing are in the table of framings: Parse takes them.
var names = []struct{ words, hint string }{
	{"jsonrpc json-rpc jsonrpc2", "JSON-RPC has two framings: use -f lsp if lines with Content-Length come first, or -f mcp if each message is a line"},
	{"tcp udp sctp quic unix unixpacket serial", "this is a way to carry bytes, not a framing: -f names how messages are marked in them; to guess that from a recording, run framecat inspect -f auto FILE"},
	{"https", "HTTPS is HTTP in TLS, whose records are encrypted: -f tls reads these; use -f http or -f http2 for what is in them"},
}

// AdviceFor returns a hint for a word that is no framing but that people use as one, or "".
func AdviceFor(name string) string {
	name = strings.ToLower(name)
	for _, n := range names {
		if slices.Contains(strings.Fields(n.words), name) {
			return n.hint
		}
	}
	return adviceForNumber(strings.NewReplacer("_", "", "-", "").Replace(strings.TrimSuffix(name, "_t")))
}

// adviceForNumber is AdviceFor for a number as programming languages call it, such as int32: the
// byte order is missing, or it has a sign.
func adviceForNumber(name string) string {
	sizes := map[string]int{"40": 5, "48": 6, "56": 7} // without a name of their own
	for _, prefix := range []string{"uint", "int", "i", "u"} {
		rest, ok := strings.CutPrefix(name, prefix)
		if !ok {
			continue
		}
		bits := strings.TrimRight(rest, "bel")
		order := rest[len(bits):]
		signed := prefix[0] == 'i'
		switch {
		case !slices.Contains([]string{"8", "16", "24", "32", "64"}, bits) && sizes[bits] == 0 || order != "" && order != "be" && order != "le":
			return ""
		case bits == "8":
			return "did you mean u8?"
		case sizes[bits] > 0:
			return fmt.Sprintf("write length:size=%d, or length:size=%[1]d,endian=le if the least significant byte comes first", sizes[bits])
		case order == "":
			hint := fmt.Sprintf("choose the byte order: u%sbe if the most significant byte comes first, as in most protocols, or u%[1]sle", bits)
			if signed {
				hint += "; with :signed, a negative length is refused"
			}
			return hint
		}
		return fmt.Sprintf("did you mean u%s%s? With :signed, a negative length is refused", bits, order)
	}
	return ""
}
