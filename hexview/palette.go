package hexview

import (
	"fmt"
	"strings"

	"github.com/fatih/color"
)

// An escape switches a colour on, and off again.
type escape struct{ on, off string }

// A palette has an escape for the offset and for each part. The last one is for bytes of no
// part. The zero palette prints no colours.
type palette struct {
	offset escape
	parts  [parts + 1]escape
}

// newPalette returns the colours. They are from the 256 that all terminals share, because
// themes change the first 16. They are of middle lightness, so that they are readable on
// black and on white, and people who do not see red or green can distinguish them.
// Payloads keep the colour of the terminal.
func newPalette() *palette {
	p := &palette{offset: escapeOf(38, 5, 244)} // grey
	p.parts[Header] = escapeOf(38, 5, 32, color.Bold)
	p.parts[Trailer] = escapeOf(38, 5, 29)
	p.parts[Leftover] = escapeOf(38, 5, 166)
	p.parts[Fill] = escapeOf(38, 5, 244)
	p.parts[Wrong] = escapeOf(38, 5, 160, color.Bold, color.ReverseVideo)
	p.parts[Unread] = escapeOf(38, 5, 244)
	p.parts[Removed] = escapeOf(38, 5, 160, color.Bold)
	p.parts[Added] = escapeOf(38, 5, 34, color.Bold)
	return p
}

// Color returns text in the colour of a part.
func Color(p Part, text string) string {
	e := newPalette().parts[p]
	return e.on + text + e.off
}

// escapeOf takes the escapes of fatih/color from a coloured text.
func escapeOf(attributes ...color.Attribute) escape {
	c := color.New(attributes...)
	c.EnableColor()
	on, _, _ := strings.Cut(c.Sprint("\x00"), "\x00")
	return escape{on, fmt.Sprintf("\x1b[%dm", color.Reset)}
}
