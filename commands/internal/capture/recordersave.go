package capture

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
)

// saves are the saves of a ring.
type saves struct {
	name   string // of the files, with %n
	text   string // a comment of each file, besides the reason for it
	number int    // that replaces %n
	count  int    // of all saves, also of those that failed
	end    int64  // the end of the ring after the last save that did not fail; -1 before it
}

// NewRing returns a Recorder that keeps the last packets in memory, and writes them to a file at
// Save and Close. It checks that the file can be created.
func NewRing(t Target) (*Recorder, error) {
	r := &Recorder{conns: map[int]*recordedConn{}, start: 1, ring: newRing(t.Ring), saves: saves{name: t.File, text: t.Comment, end: -1}}
	name, err := r.saves.next()
	if err != nil {
		return nil, err
	}
	f, err := createBeside(name)
	if err != nil {
		return nil, err
	}
	return r, errors.Join(f.Close(), os.Remove(f.Name()))
}

// Save writes the packets in the ring to a file, whole or not at all: a file of that name is
// replaced, unless %n numbers the files. The reason becomes a comment of the file. Name is the
// file, or "" if nothing was recorded since the last save, or if there is no ring.
func (r *Recorder) Save(reason string) (name string, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.save(reason)
}

func (r *Recorder) save(reason string) (name string, err error) {
	if r.ring == nil || r.saves.end == r.ring.head {
		return "", nil
	}
	r.showGaps()
	if name, err = r.saves.next(); err != nil {
		return "", err
	}
	f, err := createBeside(name)
	if err != nil {
		return "", err
	}
	defer os.Remove(f.Name())
	err = r.writeRing(f, reason)
	if end := f.Close(); err == nil {
		err = end
	}
	if err == nil {
		err = os.Rename(f.Name(), name)
	}
	if err != nil {
		return "", err
	}
	r.saves.end = r.ring.head
	return name, nil
}

// next returns the name of the next file: with %n, the first number that no file has.
func (s *saves) next() (string, error) {
	for ; ; s.number++ {
		name := strings.ReplaceAll(s.name, "%n", fmt.Sprintf("%03d", s.number))
		info, err := os.Lstat(name)
		switch {
		case err != nil: // there is none, or it is reported when the file is created
			return name, nil
		case name != s.name:
		case !info.Mode().IsRegular() && info.Mode()&fs.ModeSymlink == 0:
			return "", &fs.PathError{Op: "create", Path: name, Err: errors.New("it is not a regular file, and cannot be replaced")}
		default:
			return name, nil
		}
	}
}

// createBeside creates a file in the directory of another, to be renamed to it.
func createBeside(name string) (*os.File, error) {
	temporary := filepath.Join(filepath.Dir(name), fmt.Sprintf(".framecat-%016x", rand.Uint64()))
	return os.OpenFile(temporary, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
}

// writeRing writes a recording of the packets in the ring.
func (r *Recorder) writeRing(w io.Writer, reason string) error {
	g := r.ring
	r.saves.count++
	if r.saves.text != "" {
		reason += "; " + r.saves.text
	}
	b := appendStart(r.buf, comment(reason))
	defer func() { r.buf = b[:0] }()
	for at := g.tail; at < g.head; {
		rec := g.record(at)
		c := r.conns[rec.stream]
		at += recordHeader
		if c.save != r.saves.count && !c.opening {
			b = r.appendOpening(b, c, rec, at)
		}
		c.save = r.saves.count
		b = g.appendFrom(b, at, rec.size)
		at += rec.size
		if len(b) >= writeSize {
			if _, err := w.Write(b); err != nil {
				return err
			}
			b = b[:0]
		}
	}
	b = appendStatistics(b, r.packets, r.last)
	_, err := w.Write(b)
	return err
}

// appendOpening appends a handshake for a connection whose own is no longer in the ring. Its
// numbers fit the first packet that is, at a position of the ring; readers learn from it which
// end is the client.
func (r *Recorder) appendOpening(b []byte, c *recordedConn, rec record, at int64) []byte {
	var space [80]byte
	first := r.ring.appendFrom(space[:0], at, min(rec.size, int64(len(space))))
	tcp := first[packetHeader+ipv4Header:]
	if c.six {
		tcp = first[packetHeader+ipv6Header:]
	}
	var seq [2]uint32
	seq[rec.dir] = binary.BigEndian.Uint32(tcp[4:]) - 1
	seq[1-rec.dir] = binary.BigEndian.Uint32(tcp[8:]) - 1
	text := "the connection is older than this recording: it began before these packets"
	if c.names != "" {
		text = c.names + "; " + text
	}
	ns := int64(le.Uint32(first[12:]))<<32 | int64(le.Uint32(first[16:]))
	return c.appendHandshake(b, seq[0], seq[1], text, ns)
}
