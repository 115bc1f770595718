package formats

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"framecat/commands/internal/report"
	"framecat/framing"
)

// The hint for a spec that is wrong names the word that was meant.
func TestSpecFailureHint(t *testing.T) {
	for spec, want := range map[string]string{
		"u32eb":               "did you mean u32be?",
		"reids":               "did you mean redis?",
		"u32":                 "choose the byte order: u32be if the most significant byte comes first, as in most protocols, or u32le",
		"uint16":              "choose the byte order: u16be if",
		"INT_32":              "choose the byte order: u32be if the most significant byte comes first, as in most protocols, or u32le; with :signed",
		"int32_be":            "did you mean u32be? With :signed",
		"i64le:offset=2":      "did you mean u64le?",
		"int8":                "did you mean u8?",
		"u48be":               "write length:size=6, or length:size=6,endian=le",
		"jsonrpc":             "JSON-RPC has two framings: use -f lsp if",
		"u32be:ofset=1":       "did you mean offset?",
		"u32be:counts=frmae":  "did you mean frame?",
		"json-seq:json=no":    "did you mean off?",
		"json-seq:json=TRUE":  "did you mean on?",
		"u32be:crc=crc23":     "did you mean crc32?",
		"raw":                 "raw is a FORMAT",
		"HEX":                 "hex is a FORMAT",
		"tcp":                 "this is a way to carry bytes, not a framing",
		"UDP":                 "this is a way to carry bytes, not a framing",
		"https":               "HTTPS is HTTP in TLS",
		"u32be:signed=1":      "for a list of framings",
		"u32be:crc=crc-32":    "did you mean crc32?",
		"u32be:crc=xmodme":    "did you mean xmodem?",
		"u32be:crc=CRC16/ARC": "did you mean crc16-arc?",
		"u32be:crc=crc16":     "if you do not know which, decode frames with any of them",
		"u32le:magic=0xaa55":  "if the length comes after the magic, write offset=2",
		"u32le:counts=self":   "write counts=itself",
		"u32le:endian=big":    "u32be is big-endian",
	} {
		_, err := framing.Parse(spec)
		if hints := SpecFailure(err).Hints; len(hints) != 1 || !strings.HasPrefix(hints[0], want) {
			t.Errorf("%s: %q, want %q", spec, hints, want)
		}
	}
}

// A size in a SPEC is read as one of a flag is, and so are its errors.
func TestSizesInSpecs(t *testing.T) {
	checkSizes(t, "0", "4096", "0x1000", "64KiB", "64K", "16M", "1GiB", "5B", "8191PiB", "", "4kib", "1_000", "+1", "-1", "0x", "12T", "99999999999T", "0xfffffffffffffffff", "K", "0x10K", "0x1B", "4096B")
}

func checkSizes(t *testing.T, texts ...string) {
	t.Helper()
	for _, text := range texts {
		n, err := report.ParseSize(text)
		f, bad := framing.Parse("u64be:max=" + text)
		var wrong *framing.SpecError
		switch {
		case err == nil && bad == nil:
			if want := fmt.Sprintf("u64be:max=%d", n); f.String() != want {
				t.Errorf("%q is %d as a flag, %s in a SPEC", text, n, f)
			}
		case err == nil || !errors.As(bad, &wrong):
			t.Errorf("%q: %v as a flag, %v in a SPEC", text, err, bad)
		case text != "" && wrong.Detail != err.Error():
			t.Errorf("%q: %v as a flag, %s in a SPEC", text, err, wrong.Detail)
		}
	}
}
