package report

import "github.com/fatih/color"

// A Style has functions that colour words for one stream, or return them unchanged.
type Style struct{ bad, hint, Strong, Faint func(...any) string }

// NewStyle returns a Style that colours words if on is set.
func NewStyle(on bool) Style {
	paint := func(a ...color.Attribute) func(...any) string {
		c := color.New(a...)
		if on {
			c.EnableColor()
		} else {
			c.DisableColor()
		}
		return c.SprintFunc()
	}
	return Style{
		bad: paint(color.FgRed, color.Bold), hint: paint(38, 5, 32),
		Strong: paint(color.Bold), Faint: paint(color.Faint),
	}
}
