package replay

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"framecat/commands/internal/capture"
	"framecat/commands/internal/formats"
	"framecat/commands/internal/input"
	"framecat/commands/internal/report"
	"framecat/framing"
)

// A record is what is read of an object that -o json printed.
type record struct {
	Type, Direction string
	Conn, Stream    *int
	Time            time.Time
	Framing         string
	Offset, Wire    int64
	Lost            int64
	To, Detail      string
	Redacted        bool
	raw             json.RawMessage
	stream          int
}

func (r *record) dir() int { return slices.Index(capture.Directions[:], r.Direction) }

// readRecords reads the messages in the records that tap and inspect print. Found is false if the text is
// something else: no JSON, or without a message that has a direction.
func (t *Tape) readRecords(text []byte, o Options) (found bool, err error) {
	list, err := parseRecords(text)
	for i := range list {
		r := &list[i]
		switch {
		case r.dir() < 0 || r.Conn == nil && r.Stream == nil:
			r.stream = -1
			continue
		case r.Conn != nil: // they count from 1
			r.stream = max(0, *r.Conn-1)
		default:
			r.stream = max(0, *r.Stream)
		}
		t.recorded = max(t.recorded, r.stream+1)
		found = found || r.Type == "frame"
	}
	if !found {
		return false, nil
	}
	if err != nil {
		return true, &report.Failure{Status: report.StatusMalformed, Text: t.Name + ": " + err.Error(),
			Hints: []string{"where messages are printed on standard error, as by tap -- COMMAND, notes are among them: use the file of --log"}}
	}
	for i := range list {
		if r := &list[i]; r.Type == "candidate" && r.dir() >= 0 && t.Sides[r.dir()].Framing == nil { // it fits the other streams too
			if err := t.Sides[r.dir()].set(r.Framing); err != nil {
				return true, formats.SpecFailure(err)
			}
		}
	}
	list = slices.DeleteFunc(list, func(r record) bool {
		return r.stream < 0 || !o.chosen(r.stream) || o.Direction != "" && r.Direction != o.Direction
	})
	starts, err := t.findInRecords(list, &o)
	if err != nil {
		return true, err
	}
	all := map[int]*Stream{}
	for i := range list {
		r := &list[i]
		s := all[r.stream]
		if s == nil {
			s = &Stream{Index: r.stream, began: r.Time}
			if start := starts[r.stream]; start != nil {
				s.refused = start.refused
			}
			all[r.stream] = s
			t.Streams = append(t.Streams, s)
		}
		if err := t.addRecord(s, r); err != nil {
			return true, err
		}
	}
	t.Streams = slices.DeleteFunc(t.Streams, func(s *Stream) bool { return len(s.Messages) == 0 && s.refused == "" })
	if len(t.Streams) == 0 {
		return true, t.notThere(&o)
	}
	return true, nil
}

// parseRecords reads JSON objects. It returns those before an error.
func parseRecords(text []byte) (list []record, err error) {
	d := json.NewDecoder(bytes.NewReader(text))
	for {
		var r record
		if err := d.Decode(&r.raw); err == io.EOF {
			return list, nil
		} else if err != nil {
			return list, fmt.Errorf("byte %d of the recording: %w", d.InputOffset(), err)
		}
		if json.Unmarshal(r.raw, &r) == nil {
			list = append(list, r)
		}
	}
}

// addRecord adds what a record holds to its stream.
func (t *Tape) addRecord(s *Stream, r *record) error {
	dir := r.dir()
	switch r.Type {
	case "frame":
		if s.refused != "" {
			return nil
		}
		f, err := t.Sides[dir].frame(r, &s.read[dir])
		var wrong *framing.Error
		if errors.As(err, &wrong) {
			err = errors.New(wrong.Detail)
		}
		if err != nil {
			return &report.Failure{Status: report.StatusMalformed, Text: fmt.Sprintf("%s: stream %d %s: the message at byte %d is not a frame of %s: %s", t.Name, s.Index, r.Direction, r.Offset, t.Sides[dir].Framing, err)}
		}
		index := int64(0)
		for i := len(s.Messages) - 1; i >= 0; i-- {
			if s.Messages[i].Dir == dir {
				index = s.Messages[i].Index + 1
				break
			}
		}
		f.Index, f.Offset = index, r.Offset
		s.add(dir, f, r.Time)
		if r.Redacted {
			t.damage = append(t.damage[:0], capture.Redacted)
		}
	case "gap":
		s.note(dir, "byte %d: %s", r.Offset, &capture.Gap{Bytes: r.Lost})
	case "error":
		s.note(dir, "the frame at byte %d is malformed: %s", r.Offset, r.Detail)
	case "leftover":
		s.note(dir, "it ends inside the frame at byte %d", r.Offset)
	case "unknown":
		s.note(dir, "its framing is unknown")
	case "upgrade":
		s.refuse(r.To)
	}
	return nil
}

// findInRecords finds the framings that are not known from the bytes, of which those of escaped payloads are not known. It
// returns how the streams begin.
func (t *Tape) findInRecords(list []record, o *Options) (open map[int]*start, err error) {
	in := jsonFormat()
	size := input.DetectSize
	if t.Sides[Client].Framing != nil && t.Sides[Server].Framing != nil {
		size = 1 // TLS shows itself in the first message
	}
	var starts []*start
	open = map[int]*start{}
	for i := range list {
		r := &list[i]
		if r.Type != "frame" {
			continue
		}
		s := open[r.stream]
		if s == nil {
			s = &start{index: r.stream, server: "server", whole: [2]bool{true, true}}
			open[r.stream], starts = s, append(starts, s)
		}
		b := &s.bytes[r.dir()]
		if len(*b) >= size {
			continue
		}
		marks, payload, err := messageOf(in, r)
		if err != nil {
			return nil, &report.Failure{Status: report.StatusMalformed, Text: t.Name + ": " + err.Error()}
		}
		*b = append(*b, slices.Concat(marks.Header, payload, marks.Trailer)...)
	}
	known := *o
	known.Sides = t.Sides
	return open, t.findSides(starts, &known)
}

// messageOf returns the message in a record.
func messageOf(in formats.Format, r *record) (framing.Marks, []byte, error) {
	payload, err := in.Framing.(framing.Escaper).Unescape(nil, nil, r.raw, nil)
	return in.Marks(r.raw), payload, err
}

// frame returns the frame that a record describes. State is that of the stream before it, and then after
// it: some frames can only be read after those before.
func (s *Side) frame(r *record, state *framing.State) (f framing.Frame, err error) {
	marks, payload, err := messageOf(jsonFormat(), r)
	if err != nil {
		return f, err
	}
	wire := slices.Concat(marks.Header, payload, marks.Trailer)
	if _, escapes := s.Framing.(framing.Escaper); escapes || int64(len(wire)) != r.Wire {
		if wire, err = s.Framing.Append(nil, marks, payload); err != nil {
			return f, err
		}
	}
	in := framing.NewReader(nil, s.Framing)
	in.Max = -1
	in.Resume(bytes.NewReader(wire), *state)
	if f, err = in.Next(); err == nil {
		*state, _ = in.Suspend()
	}
	return f, err
}
