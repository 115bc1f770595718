package framing

import (
	"errors"
	"strings"
	"testing"
)

// In the rows · means SOH.
func fixText(s string) string { return strings.ReplaceAll(s, "·", "\x01") }

func TestFix(t *testing.T) {
	const beat = "8=FIX.4.4·9=5·35=0·10=163·"
	rows := []textRow{
		{"fix", beat + "8=FIXT.1.1·9=0005·35=0·10=129·", "35=0·| 35=0·| clean"},
		{"fix", "8=FIX.4.4·9=0·10=200·", "| clean"},
		{"fix", "8=FIX.4.4·9=18·95=9·96=a·10=163··10=046·", "95=9·96=a·10=163··| clean"}, // data may hold SOH
		{"fix", beat + "8=FIX.4.4", "35=0·| partial"},
		{"fix", beat + "8", "35=0·| partial"},
		{"fix", "8=FIX.4.4·9", "partial"},
		{"fix", "8=FIX.4.4·9=5", "partial"},
		{"fix", "8=FIX.4.4·9=5·35=0·", "partial"},
		{"fix", "8=FIX.4.4·9=5·35=0·10=163", "partial"},

		{"fix", "35=0·10=163·", "bad-magic 0"},
		{"fix", beat + "\n" + beat, "35=0·| bad-magic 26"},
		{"fix", "8:FIX", "bad-magic 0"},
		{"fix", "8=FIX.4.4·35=0·", "missing-length 0"},
		{"fix", "8=FIX.4.4·9:5·", "missing-length 0"},
		{"fix", "8=FIX.4.4·9=·35=0·", "bad-length 12"},
		{"fix", "8=FIX.4.4·9=-5·", "bad-length 12"},
		{"fix", "8=FIX.4.4·9=5 ·", "bad-length 13"},
		{"fix", "8=FIX.4.4·9=9999999999999999999·", "length-too-large 12"},
		{"fix", "8=FIX.4.4·9=6·35=0·10=163·", "bad-trailer 20"},
		{"fix", "8=FIX.4.4·9=4·35=0·10=163·", "bad-trailer 18"},
		{"fix", "8=FIX.4.4·9=5·35=0·10=16·8", "bad-trailer 24"},
		{"fix", "8=FIX.4.4·9=5·35=0·10=1634", "bad-trailer 25"},
		{"fix", "8=FIX.4.4·9=5·35=0·11=163·", "bad-trailer 20"},
		{"fix", beat + "8=FIX.4.4·9=5·35=0·10=164·", "35=0·| checksum 48"},
		{"fix", "8=FIX.4.4·9=5·35=1·10=163·", "checksum 22"},
		{"fix", "8=FIX.4.4·9=5·35=0·10=419·", "checksum 22"}, // 163 + 256
		{"fix", "8=" + strings.Repeat("x", maxBegin), "header-too-large 0"},
	}
	for i := range rows {
		rows[i].wire, rows[i].want = fixText(rows[i].wire), fixText(rows[i].want)
	}
	checkText(t, rows)
}

// The version and the width of a padded length are imitated; length and checksum are
// written anew.
func TestFixMarks(t *testing.T) {
	for _, row := range []struct {
		header, trailer, want string
		err                   error
	}{
		{"8=FIX.4.2·9=57·", "10=245·", "8=FIX.4.2·9=5·35=0·10=161·", nil},
		{"8=FIX.4.4·9=0000117·", "10=014·", "8=FIX.4.4·9=0000005·35=0·10=195·", nil},
		{"8=FIX.4.4·9=0·", "10=000·", "8=FIX.4.4·9=5·35=0·10=163·", nil},
		{"8=FIX.4.4·9=5·3", "10=000·", "", ErrMarks},
		{"8=FIX.4.4·9=5", "10=000·", "", ErrMarks},
		{"8=FIX.4.4·9=5·", "10=00·", "", ErrMarks},
	} {
		m := Marks{[]byte(fixText(row.header)), []byte(fixText(row.trailer))}
		out, err := fix{}.Append(nil, m, []byte("35=0\x01"))
		if string(out) != fixText(row.want) || !errors.Is(err, row.err) {
			t.Errorf("%q: %q, %v; want %q, %v", m.Header, out, err, fixText(row.want), row.err)
		}
	}
}

func TestFixDescribe(t *testing.T) {
	for body, want := range map[string]string{"35=A·34=1·": "Logon", "35=AE·": "TradeCaptureReport", "35=U1·": "U1", "34=1·": ""} {
		got := fix{}.Describe(nil, nil, []byte(fixText(body)))
		if want == "" && len(got) == 0 || len(got) == 1 && got[0] == (FieldText{"type", want}) {
			continue
		}
		t.Errorf("%q is %v, want %q", body, got, want)
	}
}
