package pump

import (
	"framecat/commands/internal/input"
	"framecat/framing"
	"framecat/framing/detect"
)

// GoOn makes r, which reads frames of f from src, go on after damage wherever it can. A file and
// a capture have all their bytes at hand: r then looks ahead, and finds damaged lengths before
// it returns their frames. From a pipe, r returns each frame as soon as it is complete.
func GoOn(r *framing.Reader, f framing.Framing, src *input.Source) {
	Resync(r, f)
	if looksAhead(src) {
		r.Size = src.Size
	}
}

// looksAhead reports whether all bytes of src are at hand.
func looksAhead(src *input.Source) bool { return src.End > 0 || src.Recorded != nil }

// NoResync is the message for damage after which r, which reads frames of f, cannot go on.
func NoResync(r *framing.Reader, f framing.Framing) string {
	s := "cannot resynchronise: " + f.String() + " has no start-of-frame marker"
	if r.Resync != nil {
		s += ", and the bytes after the damage do not look like its frames"
	}
	return s
}

// Resync makes r search for the next frames of f after damage. Framings that end their frames
// with a delimiter need no search.
func Resync(r *framing.Reader, f framing.Framing) {
	_, announces := f.(framing.Announcer)
	if s, ok := f.(framing.Syncer); ok && !announces {
		if n, _ := s.Sync(nil); n >= 0 {
			return
		}
	}
	r.Resync = detect.Repair
}
