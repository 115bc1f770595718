package pump

import (
	"fmt"
	"time"

	"framecat/commands/internal/input"
	"framecat/commands/internal/report"
)

const (
	progressAfter = 2 * time.Second        // shorter work shows no progress
	progressEvery = 500 * time.Millisecond // how often the line changes
)

// ShowProgress shows a progress line on a terminal, after two seconds and until stop is called,
// for conversions and for work on regular files and captures. The line is removed before
// anything else is printed. Stats are those of a conversion, or nil. If the messages of a
// conversion go to a terminal there is no line: they would mix.
func ShowProgress(r *report.Reporter, w *input.Work, s *Stats) (stop func()) {
	if r.Quiet || r.Stderr == nil || !report.IsTerminal(r.Stderr) || s != nil && report.IsTerminal(r.Stdout) || r.Dumb() {
		return func() {}
	}
	line := report.NewStatusLine(r.Stderr)
	r.Clear = line.Clear
	report.KeepOnBrokenPipe()
	ticker := time.NewTicker(progressEvery)
	done := make(chan struct{})
	go func() {
		p := progress{work: w, stats: s, began: time.Now()}
		for {
			select {
			case <-done:
				return
			case now := <-ticker.C:
				if text := p.text(now); text != "" {
					line.Show(text)
				}
			}
		}
	}()
	return func() {
		ticker.Stop()
		close(done)
		line.Close()
	}
}

// A progress makes the text of a progress line.
type progress struct {
	work  *input.Work
	stats *Stats // nil if only the place in the input is known
	began time.Time

	at    time.Time // when the place was looked at
	place int64
}

// text returns the line, or "" if there is none to show.
func (p *progress) text(now time.Time) (text string) {
	took := now.Sub(p.began)
	done, total := p.work.Place()
	rate := float64(done-p.place) / now.Sub(p.at).Seconds()
	p.at, p.place = now, done
	if took <= progressAfter {
		return ""
	}
	if p.stats != nil {
		text = report.Count(p.stats.Messages.Load(), "message") + ", "
	}
	switch {
	case total > 0 && done < 0:
		text += "finding the streams in " + report.Bytes(float64(total))
	case total > 0:
		text += fmt.Sprintf("%s of %s (%d%%)", report.Bytes(float64(done)), report.Bytes(float64(total)), int(100*min(1, float64(done)/float64(total))))
		if rate > 0 {
			text += ", " + report.Bytes(rate) + "/s"
		}
	case p.stats != nil:
		payload := float64(p.stats.payload.Load())
		text += report.Bytes(payload) + ", " + report.Bytes(payload/took.Seconds()) + "/s"
	}
	return text
}
