package redact

import (
	"bytes"
	"strings"

	"framecat/commands/internal/parts"
)

// hideJSON hides the values at some paths in a payload, in out, a copy of it. A payload that is not one
// valid JSON text is hidden whole.
func hideJSON(paths []parts.Path, payload, out []byte) {
	if !parts.EachValue(paths, payload, func(start, end int) { hideValue(out[start:end]) }) {
		hide(out)
	}
}

// mendJSON makes valid JSON again of out, a copy of a valid text in which bytes were overwritten. It
// restores what is outside of values, and hides a number, a word or an escape whole if a byte of it
// was hidden. A number or a word that is the whole text becomes a number.
func mendJSON(in, out []byte) {
	for at := 0; at < len(in); {
		end := at + 1
		switch c := in[at]; {
		case c == '"':
			for n := 0; in[end] != '"'; end += n {
				if n = 1; in[end] == '\\' {
					if n = 2; in[end+1] == 'u' {
						n = 6
					}
				}
				if !bytes.Equal(in[end:end+n], out[end:end+n]) {
					hide(out[end : end+n])
				}
			}
			out[at], out[end] = '"', '"'
			end++
		case strings.IndexByte("{}[]:, \t\r\n", c) >= 0:
			out[at] = c
		default: // a number or a word
			for end < len(in) && strings.IndexByte(",:]} \t\r\n", in[end]) < 0 {
				end++
			}
			switch {
			case bytes.Equal(in[at:end], out[at:end]):
			case end-at == len(in) && len(in) > 1: // a framing may find its end by what follows a number, and not after a string
				copy(out, "1"+strings.Repeat("0", len(in)-1))
			default:
				hideValue(out[at:end])
			}
		}
		at = end
	}
}

// hide overwrites bytes.
func hide(b []byte) {
	for i := range b {
		b[i] = star
	}
}

// hideValue overwrites a JSON value so that the text stays valid: what is in the quotes of a
// string, and any other value by a string of the same length, which needs two bytes: a digit
// becomes 0.
func hideValue(b []byte) {
	if len(b) == 1 {
		b[0] = '0'
		return
	}
	hide(b)
	b[0], b[len(b)-1] = '"', '"'
}
