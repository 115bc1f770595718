package client

import (
	"errors"

	"framecat/commands/internal/formats"
	"framecat/commands/internal/link"
	"framecat/commands/internal/pump"
	"framecat/commands/internal/report"
	"framecat/framing"
)

// A Reply is what depends on the framing of the replies.
type Reply struct {
	Framing framing.Framing
	To      formats.Sink // where replies go
	Command string       // the command line that has this framing
}

// find finds the framing of the replies from their first bytes. It returns nil if there is nothing
// to read: its error has been reported, or needs no report.
func (c *client) find(r *report.Reporter) (*Reply, error) {
	search := pump.Search{Finder: &pump.Finder{Server: c.Address.String()}, Dir: 1, Seen: c.pending.unframed, Other: c.Ours} // run reports silence
	for {
		found, err := search.Next(c.conn)
		switch {
		case err == framing.ErrWait:
			continue
		case !found.Found():
			return nil, c.refuse(r, found, err)
		}
		best := found.All[0]
		reply, err := c.Adapt(best.Spec)
		if err != nil {
			var f *report.Failure
			if errors.As(err, &f) {
				r.Fail(c.conn.Name(), f)
			}
			return nil, err
		}
		r.Note("%s: %s; go on with: %s", c.conn.Name(), found.Evidence(), reply.Command)
		c.conn.Unpeek(best.Start)
		c.found.Store(&reply)
		return &reply, nil
	}
}

// refuse reports that the framing of the replies is unknown; err is how their stream ended.
func (c *client) refuse(r *report.Reporter, d *pump.Detection, err error) error {
	var peer *link.PeerError
	f := d.PeerFailure(replyFlag)
	_, ending := c.conn.Ending()
	switch {
	case errors.As(err, &peer):
		if len(d.Start) > 0 {
			peer.Hints = f.Hints
		}
		return pump.OutputFailure(r, "", err)
	case len(d.Start) == 0, err == report.ErrDone && !ending:
		return nil
	}
	r.Fail(c.conn.Name(), f)
	return f
}

// replyFlag is the flag that sets the framing of the replies.
const replyFlag = "--reply-framing"

// theirs returns the framing of the replies, or nil if it is not known yet.
func (c *client) theirs() framing.Framing {
	if c.Adapt == nil {
		return c.Theirs
	}
	if found := c.found.Load(); found != nil {
		return found.Framing
	}
	return nil
}
