package e2e

import (
	"fmt"
	"html"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"
)

// What the README's picture shows.
var pictured = []string{
	`framecat inspect -f mqtt -n 3 testdata/captures/mqttv311_sub_up.bin`,
	`printf '5:hello,9:two words,7:unfini' | framecat inspect -f netstring`,
	`printf '\0\0\0\2hiGET / HTTP/1.1\r\n\r\n' | framecat inspect -f u32be`,
}

// The README's picture is what the program prints with colours.
func TestReadmePicture(t *testing.T) {
	bash := inPath(t, "bash")
	const name = "testdata/inspect.svg"
	var screen strings.Builder
	for i, line := range pictured {
		if i > 0 {
			screen.WriteString("\n")
		}
		cmd := exec.Command(bash, "-c", line)
		cmd.Env = environment("CLICOLOR_FORCE=1", "NO_COLOR=")
		out, _ := cmd.CombinedOutput()
		screen.WriteString("\x1b[2m$\x1b[0m \x1b[1m" + line + "\x1b[0m\n" + string(out))
	}
	got := svg(screen.String())
	if *update {
		if err := os.WriteFile(name, []byte(got), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	if want := string(must(os.ReadFile(name))); got != want {
		t.Errorf("%s is not what framecat prints: run go test ./commands/internal/e2e -update and look at it", name)
	}
	if !strings.Contains(string(must(os.ReadFile("README.md"))), "]("+name+")") {
		t.Errorf("README.md does not show %s", name)
	}
}

// Sizes of the picture in pixels. A column is as wide as most fixed fonts make it; the
// others are stretched to it.
const (
	column   = 7.8
	fontSize = 13
	row      = 18
	margin   = 16
)

const svgHead = `<svg xmlns="http://www.w3.org/2000/svg" width="%[1]d" height="%[2]d" viewBox="0 0 %[1]d %[2]d">
<title>Frames in hex: headers, payloads, trailers, a leftover and a wrong byte, each in its colour</title>
<style>
.paper { fill: #ffffff; stroke: #d1d9e0 }
.ink { fill: #1f2328 }
.inverted { fill: #ffffff }
.bold { font-weight: bold }
@media (prefers-color-scheme: dark) { .paper { fill: #0d1117; stroke: #3d444d } .ink { fill: #e6edf3 } }
text { font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace; font-size: %[3]dpx }
</style>
<rect class="paper" x="0.5" y="0.5" width="%[4]d" height="%[5]d" rx="8"/>
`

// svg draws what a terminal would show of text, on light paper or on dark.
func svg(text string) string {
	var body strings.Builder
	y, widest := margin, 0
	for line := range strings.Lines(text) {
		col, now := 0, pen{}
		for i, part := range strings.Split(strings.TrimSuffix(line, "\n"), "\x1b[") {
			if i > 0 {
				codes, rest, _ := strings.Cut(part, "m")
				now.set(codes)
				part = rest
			}
			now.draw(&body, col, y, part)
			col += utf8.RuneCountInString(part)
		}
		widest = max(widest, col)
		y += row
	}
	width, height := 2*margin+int(float64(widest)*column), y+margin
	return fmt.Sprintf(svgHead, width, height, fontSize, width-1, height-1) + body.String() + "</svg>\n"
}

// A pen is what the escapes so far have chosen.
type pen struct {
	color          string // "" is the terminal's own
	bold, inverted bool
	faint          bool
}

func (p *pen) set(codes string) {
	list := strings.Split(codes, ";")
	for i := 0; i < len(list); i++ {
		switch list[i] {
		case "0", "":
			*p = pen{}
		case "1":
			p.bold = true
		case "2":
			p.faint = true
		case "7":
			p.inverted = true
		case "22":
			p.bold, p.faint = false, false
		case "25": // no blinking
		case "31":
			p.color = "#cd3131"
		case "38": // 38;5;N
			p.color = xterm(must(strconv.Atoi(list[i+2])))
			i += 2
		default:
			panic("the picture knows no escape " + codes)
		}
	}
}

// xterm is one of the 256 colours: 16 of themes, a cube of 6×6×6, 24 greys.
func xterm(n int) string {
	if n >= 232 {
		v := 8 + 10*(n-232)
		return fmt.Sprintf("#%02x%02x%02x", v, v, v)
	}
	level := func(n int) int { return []int{0, 95, 135, 175, 215, 255}[n%6] }
	n -= 16
	return fmt.Sprintf("#%02x%02x%02x", level(n/36), level(n/6), level(n))
}

// draw writes each word at its own position, so that columns stay in line in any
// font.
func (p *pen) draw(b *strings.Builder, col, y int, text string) {
	x := func(col int) string { return strconv.FormatFloat(margin+float64(col)*column, 'f', 1, 64) }
	class, style := "ink", ""
	if p.color != "" {
		class, style = "", fmt.Sprintf(` fill="%s"`, p.color)
	}
	if p.inverted {
		width := float64(utf8.RuneCountInString(text)) * column
		fmt.Fprintf(b, `<rect x="%s" y="%d" width="%.1f" height="%d" fill="%s"/>`+"\n", x(col), y, width, row-1, p.color)
		class, style = "inverted", ""
	}
	if p.bold {
		class = strings.TrimSpace(class + " bold")
	}
	if class != "" {
		style += fmt.Sprintf(` class="%s"`, class)
	}
	if p.faint {
		style += ` opacity="0.6"`
	}
	for _, word := range strings.SplitAfter(text, " ") {
		n := utf8.RuneCountInString(word)
		if bare := strings.TrimSuffix(word, " "); bare != "" {
			fmt.Fprintf(b, `<text x="%s" y="%d" textLength="%.1f"%s>%s</text>`+"\n",
				x(col), y+fontSize, float64(utf8.RuneCountInString(bare))*column, style, html.EscapeString(bare))
		}
		col += n
	}
}
