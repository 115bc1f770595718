package export

import (
	"errors"
	"flag"
	"os"
	"strings"
	"testing"

	"framecat/framing"
)

var update = flag.Bool("update", false, "rewrite the goldens")

// What is printed for some framings.
func TestGoldens(t *testing.T) {
	for _, row := range []struct{ target, spec, file string }{
		{"wireshark", "sunrpc", "sunrpc.lua"},
		{"wireshark", `delim:\r\n,esc=\\`, "escaped.lua"},
		{"kaitai", "netbios-ssn", "netbios-ssn.ksy"},
		{"kaitai", "mllp", "mllp.ksy"},
		{"imhex", "mongodb", "mongodb.hexpat"},
		{"imhex", `delim:\r\n,esc=\\`, "escaped.hexpat"},
	} {
		got, err := Text(row.target, row.spec)
		if err != nil {
			t.Fatal(err)
		}
		name := "testdata/" + row.file
		if *update {
			if err := os.WriteFile(name, []byte(got), 0o666); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(name)
		if err != nil || got != string(want) {
			t.Errorf("%s of %s is not as in %s: run go test ./commands/internal/export -update and look at it (%v)", row.target, row.spec, name, err)
		}
	}
}

// A framing with code of its own is refused, whatever the target; a bad spec is an error of Parse.
func TestUnfit(t *testing.T) {
	for _, target := range Targets() {
		for _, spec := range []string{"mqtt", "netstring", "mcp", "cobs:crc=crc32", "varint", "resp"} {
			var unfit *UnfitError
			text, err := Text(target, spec)
			if !errors.As(err, &unfit) || text != "" || len(unfit.Fit) < 40 {
				t.Errorf("%s of %s: %v, %q", target, spec, err, text)
			}
		}
		var bad *framing.SpecError
		if _, err := Text(target, "u16be:offset"); !errors.As(err, &bad) {
			t.Errorf("%s of a bad spec: %v", target, err)
		}
	}
}

// Whatever bytes a spec holds, no line of the text has others than printable ASCII, and each
// name is a word.
func TestTextIsSafe(t *testing.T) {
	for _, target := range Targets() {
		for _, spec := range []string{`delim:\n]]--\x80"*/`, `u16be:offset=9,magic=\r\n--]]"*/`, `fixed:9,magic=\x00"\\\e[m`, `any:",\\,0x0a,0xff`, `lines`, `delim:\r\n,esc="`} {
			text, err := Text(target, spec)
			if err != nil {
				t.Errorf("%s of %s: %v", target, spec, err)
			}
			if i := strings.IndexFunc(text, func(c rune) bool { return (c < ' ' || c > '~') && c != '\n' }); i >= 0 {
				t.Errorf("%s of %s has %q", target, spec, text[i:min(len(text), i+20)])
			}
		}
	}
	for _, row := range []struct{ name, want string }{
		{"response to", "response_to"}, {"hop-by-hop", "hop_by_hop"}, {"9p", "n9p"}, {"Größe", "gr__e"}, {"--", "n"},
	} {
		if got := identifier(row.name); got != row.want {
			t.Errorf("the identifier of %q is %q, want %q", row.name, got, row.want)
		}
	}
	used := []string{"length"}
	if a, b := fresh("length", &used), fresh("length", &used); a != "length_2" || b != "length_3" {
		t.Errorf("names that are used become %s and %s", a, b)
	}
}
