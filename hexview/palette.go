package hexview

import (
	"fmt"
	"strings"

	"github.com/fatih/color"
)

// An escape is what switches a colour on, and off again.
type escape struct{ on, off string }

// A palette has an escape for each part; the last one is for no part.
type palette struct {
	offset escape
	parts  [parts + 1]escape
}

// inks cuts the escapes out of fatih/color. The colours are of the 256 that terminals
// share, not of the 16 that themes change: of middling lightness, to be read on black and
// on white, and told apart by those who see no red or no green. Payloads keep the
// terminal's own colour.
func inks() *palette {
	p := &palette{offset: cut(38, 5, 244)} // grey
	p.parts[Header] = cut(38, 5, 32, color.Bold)
	p.parts[Trailer] = cut(38, 5, 29)
	p.parts[Leftover] = cut(38, 5, 166)
	p.parts[Fill] = cut(38, 5, 244)
	p.parts[Wrong] = cut(38, 5, 160, color.Bold, color.ReverseVideo)
	p.parts[Unread] = cut(38, 5, 244)
	return p
}

func cut(attributes ...color.Attribute) escape {
	c := color.New(attributes...)
	c.EnableColor()
	on, _, _ := strings.Cut(c.Sprint("\x00"), "\x00")
	return escape{on, fmt.Sprintf("\x1b[%dm", color.Reset)}
}
