package pump

import (
	"hash/maphash"
	"maps"
	"strconv"
	"strings"

	"framecat/framing"
	"framecat/framing/detect"
)

// Guesses bound what -f auto costs for a capture of many streams. What it found for one stream
// of a server or a port is tried first on the next one. If it found nothing in several streams,
// only longer ones are searched.
type Guesses struct {
	// Brief bounds the work for what was found before: after maxWeighed streams, the first bytes of
	// each other stream are enough if they are evidence. Its bits are then those of these bytes.
	Brief bool

	ends     map[string]*guess // by the direction, and the server, its port or nothing
	seed     maphash.Seed
	weighed  int  // how many streams were looked at
	searches int  // how many streams were searched
	skipped  bool // the last one was not, because others were searched in vain
}

type guess struct {
	found   detect.Candidate // the best of the last stream in which there was one
	naming  float64          // bits that the search subtracted for naming it, as one of many
	failed  int              // streams in a row in which nothing was found
	most    int              // failed ones, after which only longer streams are searched
	longest int              // the most bytes of such a stream that were searched
	last    uint64           // the hash of the last one
}

const (
	tooFew    = 4    // bytes that are too few for any evidence
	maxFailed = 16   // streams of a server that are searched in vain
	maxOfPort = 64   // of a port, of any server
	maxOfAll  = 1024 // of any port

	maxWeighed = 64   // streams that are looked at whole, if Brief is set
	glance     = 512  // bytes of each other stream
	maxEnds    = 4096 // servers and ports that are remembered
)

// find returns what detect.Detect does for a stream of the end of a connection, or nil if the
// stream is not searched. Name is that of the direction.
func (g *Guesses) find(server, name string, start []byte, ended bool) []detect.Candidate {
	if len(start) < tooFew {
		return nil
	}
	levels := g.levels(server, name)
	if g.weighed++; g.Brief && g.weighed > maxWeighed && len(start) > glance {
		if c, ok := foundAgain(levels[:2], start[:glance], false); ok {
			return []detect.Candidate{c}
		}
	}
	if c, ok := foundAgain(levels[:2], start, ended); ok {
		return []detect.Candidate{c}
	}
	g.skipped = false
	hash := maphash.Bytes(g.seed, start)
	for _, e := range levels {
		if e.failed > 0 && e.last == hash || e.failed >= e.most && len(start) <= e.longest {
			g.skipped = true
			return nil
		}
	}
	g.searches++
	all := detect.Known{Port: portOf(server)}.Detect(start, ended)
	for _, e := range levels {
		e.learn(all, start, ended, hash)
	}
	return all
}

// portOf returns the port of an address, or 0.
func portOf(address string) int {
	port, _ := strconv.ParseUint(address[strings.LastIndexByte(address, ':')+1:], 10, 16)
	return int(port)
}

// levels returns what is known of the server, of its port, and of all, in a direction.
func (g *Guesses) levels(server, name string) []*guess {
	port := server[strings.LastIndexByte(server, ':')+1:]
	return []*guess{g.of(server+" "+name, maxFailed), g.of(port+" "+name, maxOfPort), g.of(name, maxOfAll)}
}

// foundAgain returns the framing of an earlier stream if this one has it too.
func foundAgain(levels []*guess, start []byte, ended bool) (c detect.Candidate, ok bool) {
	for i, e := range levels {
		if i > 0 && e.found.Spec == levels[i-1].found.Spec {
			continue
		}
		if c, ok = e.again(start, ended); ok {
			return c, true
		}
	}
	return c, false
}

// learn keeps what a search found.
func (e *guess) learn(all []detect.Candidate, start []byte, ended bool, hash uint64) {
	if !Believable(all) {
		e.failed, e.longest, e.last = e.failed+1, max(e.longest, len(start)), hash
		return
	}
	e.failed = 0
	e.keep(all[0], start, ended)
}

func (g *Guesses) of(end string, most int) *guess {
	if e := g.ends[end]; e != nil {
		return e
	}
	if g.ends == nil {
		g.ends, g.seed = map[string]*guess{}, maphash.MakeSeed()
	}
	if len(g.ends) >= maxEnds { // forget the servers, or the ports
		maps.DeleteFunc(g.ends, func(_ string, e *guess) bool { return e.most == most })
	}
	e := &guess{most: most}
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
