package pump

import (
	"hash/maphash"

	"framecat/framing"
	"framecat/framing/detect"
)

// Guesses bound what -f auto costs for a capture of many streams. What it found for one stream
// of a server is tried first on the next one. If it found nothing in several streams, only
// longer ones are searched.
type Guesses struct {
	ends     map[string]*guess // by the server and the direction
	seed     maphash.Seed
	searches int  // how many streams were searched
	skipped  bool // the last one was not, because others were searched in vain
}

type guess struct {
	found   detect.Candidate // the best of the last stream in which there was one
	naming  float64          // bits that the search subtracted for naming it, as one of many
	failed  int              // streams in a row in which nothing was found
	longest int              // the most bytes of such a stream that were searched
	last    uint64           // the hash of the last one
}

const (
	tooFew    = 4    // bytes that are too few for any evidence
	maxFailed = 16   // streams that are searched in vain
	maxEnds   = 4096 // servers that are remembered
)

// find returns what detect.Detect does for a stream of the end of a connection, or nil if the
// stream is not searched.
func (g *Guesses) find(end string, start []byte, ended bool) []detect.Candidate {
	if len(start) < tooFew {
		return nil
	}
	e := g.of(end)
	if c, ok := e.again(start, ended); ok {
		return []detect.Candidate{c}
	}
	g.skipped = false
	hash := maphash.Bytes(g.seed, start)
	if e.failed > 0 && e.last == hash || e.failed >= maxFailed && len(start) <= e.longest {
		g.skipped = true
		return nil
	}
	g.searches++
	all := detect.Detect(start, ended)
	if Believable(all) {
		e.failed = 0
		e.keep(all[0], start, ended)
		return all
	}
	e.failed, e.longest, e.last = e.failed+1, max(e.longest, len(start)), hash
	return all
}

func (g *Guesses) of(end string) *guess {
	if e := g.ends[end]; e != nil {
		return e
	}
	if g.ends == nil || len(g.ends) >= maxEnds {
		g.ends, g.seed = map[string]*guess{}, maphash.MakeSeed()
	}
	e := &guess{}
	g.ends[end] = e
	return e
}

// keep keeps what was found in a stream, for the next one. It returns false for a delimiter: any
// bytes may be one, so that the next stream must prove it alone.
func (e *guess) keep(found detect.Candidate, start []byte, ended bool) bool {
	if found.Entry != nil && found.Entry.Name == "delim" {
		return false
	}
	e.found = found
	s, _ := e.weigh(start, ended)
	e.naming = max(0, s.Bits-found.Bits)
	return true
}

// again weighs the framing of the stream before, as strictly as a search does.
func (e *guess) again(start []byte, ended bool) (c detect.Candidate, ok bool) {
	s, ok := e.weigh(start, ended)
	if !ok {
		return c, false
	}
	c = e.found
	more := max(1, float64(s.Frames)/float64(e.found.Frames)) // a part of it counts for each frame
	c.Bits, c.Frames, c.Leftover = s.Bits-e.naming*more, s.Frames, s.Leftover
	return c, !s.Broken && s.Tail >= 0 && Believable([]detect.Candidate{c})
}

func (e *guess) weigh(start []byte, ended bool) (s detect.Score, ok bool) {
	if e.found.Spec == "" || e.found.Start > 0 {
		return s, false
	}
	f, err := framing.Parse(e.found.Spec)
	if err != nil {
		return s, false
	}
	return detect.NewScale(start, ended).Weigh(f), true
}
