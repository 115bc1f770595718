package framing

import (
	"cmp"
	"slices"
	"strings"
)

// details is the part of an Entry that help, completion, manual pages, hints and
// framing/detect use. Its name is not exported because it serves the program and is not part
// of the API: its methods change with what the program shows.
type details Entry

// Details returns what help texts and searches need to know of the row. Its methods are not
// part of the API.
func (e *Entry) Details() *details { return (*details)(e) }

// Keys returns the arguments that the framing accepts.
func (d *details) Keys() []key {
	if d.rule == nil {
		return d.keys
	}
	return slices.DeleteFunc(slices.Concat(d.keys, lengthKeys), func(k key) bool {
		return d.rule.digits != binaryDigits && (k == maskKey || k == signedKey)
	})
}

// Group returns the row's group in lists, in one word.
func (d *details) Group() string { return d.group }

// Examples returns at least one example for each form that the framing has.
func (d *details) Examples() []example { return d.examples }

// Variable returns the names of the fields that are at no fixed offset: those that Describe
// reads.
func (d *details) Variable() []string { return d.variable }

// Numeric returns the names of those of the Variable fields that are numbers, except for the
// values that have a name.
func (d *details) Numeric() []string { return d.numeric }

// Default describes the header that encode writes if a message has none to imitate.
func (d *details) Default() string { return d.header }

// Out returns the output format that suits the payloads better than lines; "" if lines do.
func (d *details) Out() string { return d.out }

// Layout returns the parts of a frame with their sizes, in one line; "" for a length rule.
func (d *details) Layout() string { return d.layout }

// Checksums returns the values of the key crc.
func (d *details) Checksums() (names []string) {
	for _, c := range checksums {
		names = append(names, c.name)
		if c.size > 1 {
			names = append(names, c.name+"-be", c.name+"-le")
		}
	}
	return names
}

// Sums returns the values of the key crc for which the last bytes of b are the checksum of those
// before them.
func (d *details) Sums(b []byte) (names []string) {
	for _, c := range checksums {
		n := len(b) - c.size
		if n < 0 {
			continue
		}
		v := c.of(b[:n])
		if c.holds(v, b[n:]) {
			names = append(names, c.name)
			continue
		}
		if c.little = !c.little; c.size > 1 && c.holds(v, b[n:]) {
			names = append(names, c.name+c.suffix())
		}
	}
	return names
}

// WithoutRole returns a spec of the row without its key role.
func (d *details) WithoutRole(spec string) string {
	name, rest, found := strings.Cut(spec, ":")
	if d == nil || d.roles == (ends{}) || !found {
		return spec
	}
	args := slices.DeleteFunc(strings.Split(rest, ","), func(arg string) bool { return strings.HasPrefix(arg, "role=") })
	return name + strings.TrimSuffix(cmp.Or(":"+strings.Join(args, ","), ":"), ":")
}

// Unusual returns what a protocol forbids about a frame of f with this header, which is read
// nevertheless; "" is nothing.
func (d *details) Unusual(f Framing, header []byte) string {
	if unusual := lenienceOf(f); unusual != nil {
		return unusual(header)
	}
	return ""
}
