package main

import (
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
)

// A share is how many protocols drawn by lot are found in so many frames.
type share struct{ frames, right, all, wrong int }

// layouts draws protocols. The test of package detect that does so in small prints what it finds.
func layouts(drawn int) (out []share, err error) {
	c := exec.Command("go", "test", "./framing/detect", "-run", "TestDetectLayouts", "-count=1", "-v", "-timeout", "3h")
	c.Env = append(os.Environ(), "FRAMECAT_LAYOUTS="+strconv.Itoa(drawn))
	text, err := c.CombinedOutput()
	for _, m := range regexp.MustCompile(`(\d+) frames: (\d+) of (\d+) right, (\d+) wrong\n`).FindAllStringSubmatch(string(text), -1) {
		var s share
		for i, to := range []*int{&s.frames, &s.right, &s.all, &s.wrong} {
			*to, _ = strconv.Atoi(m[i+1])
		}
		if len(out) == 0 || out[len(out)-1] != s { // the test prints it again if it fails
			out = append(out, s)
		}
	}
	if len(out) == 0 {
		return nil, fmt.Errorf("TestDetectLayouts printed no shares: %v\n%s", err, text)
	}
	return out, nil
}

func shares(found []share) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%-24s", "frames")
	for _, s := range found {
		fmt.Fprintf(&b, " %6d", s.frames)
	}
	fmt.Fprintf(&b, "\n%-24s", "found")
	for _, s := range found {
		fmt.Fprintf(&b, " %5.1f%%", 100*float64(s.right)/float64(s.all))
	}
	fmt.Fprintf(&b, "\n%-24s", "cut at wrong places")
	for _, s := range found {
		fmt.Fprintf(&b, " %5.1f%%", 100*float64(s.wrong)/float64(s.all))
	}
	return b.String() + "\n"
}

const (
	begin = "<!-- made by .ci/calibrate -->\n"
	end   = "<!-- end -->\n"
)

// write writes the figures between two marks of the page, and the plots beside it.
func write(dir, text string, counts []count, found []share) error {
	name := filepath.Join(dir, "README.md")
	page, err := os.ReadFile(name)
	if err != nil {
		return err
	}
	before, rest, ok := strings.Cut(string(page), begin)
	_, after, closed := strings.Cut(rest, end)
	if !ok || !closed {
		return fmt.Errorf("%s: has no place for the figures", name)
	}
	if err := os.WriteFile(name, []byte(before+begin+"\n```text\n"+text+"```\n\n"+end+after), 0o666); err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(dir, "calibration.svg"), []byte(calibration(counts)), 0o666); err != nil || found == nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, "layouts.svg"), []byte(minimal(found)), 0o666)
}

// A plot is drawn in a square of 100 by 100 with y upwards.
type plot struct{ strings.Builder }

func newPlot(title, x, y string) *plot {
	p := new(plot)
	fmt.Fprintf(p, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 520 330" font-family="sans-serif" font-size="12">
<rect width="520" height="330" fill="#fff"/>
<text x="260" y="20" text-anchor="middle" font-size="14">%s</text>
<text x="270" y="322" text-anchor="middle">%s</text>
<text transform="translate(14 160) rotate(-90)" text-anchor="middle">%s</text>
<path d="M60 40V280H490" fill="none" stroke="#444"/>
`, title, x, y)
	return p
}

// at is where a point is drawn; x and y are shares of the axes.
func at(x, y float64) (int, int) { return 60 + int(430*x), 280 - int(240*y) }

func (p *plot) tickX(x float64, text string) {
	i, _ := at(x, 0)
	fmt.Fprintf(p, "<text x=\"%d\" y=\"298\" text-anchor=\"middle\">%s</text>\n", i, text)
}

func (p *plot) tickY(y float64, text string) {
	_, i := at(0, y)
	fmt.Fprintf(p, "<path d=\"M60 %dH490\" stroke=\"#ddd\"/><text x=\"54\" y=\"%d\" text-anchor=\"end\">%s</text>\n", i, i+4, text)
}

// line draws points and the lines between them.
func (p *plot) line(colour, name string, xs, ys []float64, row int) {
	var d strings.Builder
	for i := range xs {
		x, y := at(xs[i], ys[i])
		fmt.Fprintf(&d, "%c%d %d", "ML"[min(i, 1)], x, y)
		fmt.Fprintf(p, "<circle cx=\"%d\" cy=\"%d\" r=\"3\" fill=\"%s\"/>\n", x, y, colour)
	}
	fmt.Fprintf(p, "<path d=\"%s\" fill=\"none\" stroke=\"%s\"/><text x=\"480\" y=\"%d\" text-anchor=\"end\" fill=\"%s\">%s</text>\n", &d, colour, 56+16*row, colour, name)
}

func (p *plot) end() string { return p.String() + "</svg>\n" }

// least is the lowest share that is drawn; none is drawn there.
const least = 1e-5

// calibration plots the observed share of false claims against the bits claimed, of the data that was made,
// of that of files, and the bound.
func calibration(counts []count) string {
	p := newPlot("False claims of detection", "bits claimed, at least", "share of pieces")
	height := func(share float64) float64 { return 1 - math.Log10(max(share, least))/math.Log10(least) }
	for share, text := 1.0, []string{"1", "0.1", "0.01", "10⁻³", "10⁻⁴", "none"}; len(text) > 0; text = text[1:] {
		p.tickY(height(share), text[0])
		share /= 10
	}
	made, files := count{name: "made data"}, count{name: "programs, database"}
	for i, c := range counts[:len(counts)-1] {
		sum := &made
		if i >= len(natures) {
			sum = &files
		}
		sum.pieces += c.pieces
		for i, k := range c.wrong {
			sum.wrong[i] += k
		}
	}
	var xs, most []float64
	for _, bits := range levels {
		xs = append(xs, bits/26)
		most = append(most, height(bound(bits)))
		p.tickX(bits/26, fmt.Sprint(bits))
	}
	p.line("#888", "10 · 2^-bits", xs, most, 0)
	for row, c := range []count{made, files} {
		var ys []float64
		for _, k := range c.wrong {
			ys = append(ys, height(float64(k)/float64(max(1, c.pieces))))
		}
		if c.pieces > 0 {
			p.line([]string{"#06c", "#c30"}[row], c.name, xs, ys, row+1)
		}
	}
	return p.end()
}

// minimal plots how many protocols are found in how many frames.
func minimal(found []share) string {
	p := newPlot("Unknown protocols found", "frames", "share of the protocols")
	for share := 0; share <= 100; share += 20 {
		p.tickY(float64(share)/100, fmt.Sprintf("%d%%", share))
	}
	var xs, right, wrong []float64
	for _, s := range found {
		x := math.Log(float64(s.frames)) / math.Log(float64(found[len(found)-1].frames))
		xs = append(xs, x)
		right = append(right, float64(s.right)/float64(s.all))
		wrong = append(wrong, float64(s.wrong)/float64(s.all))
		p.tickX(x, strconv.Itoa(s.frames))
	}
	p.line("#06c", "", xs, right, 0)
	p.line("#c30", "cut at wrong places", xs, wrong, 12)
	return p.end()
}
