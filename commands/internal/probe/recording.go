package probe

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"

	"framecat/commands/internal/capture"
	"framecat/commands/internal/input"
	"framecat/commands/internal/pump"
	"framecat/commands/internal/report"
	"framecat/framing"
)

// Recorded returns the messages that a server sent on a stream of a capture. Stream is its number, from 0; -1 is
// the only one. Found is false if the input is no capture.
func Recorded(in input.Input, stream int64, f framing.Framing, r *report.Reporter) (list []Message, found bool, err error) {
	ch := input.Choice{Kind: "auto", Stream: stream, Direction: capture.Directions[1]}
	if in, err = in.Recognise(ch); err != nil || !in.IsCapture() {
		return nil, false, err
	}
	several := func(all input.Streams) error {
		if all.Len() > 1 {
			return oneOf(all.Len())
		}
		return nil
	}
	status := r.Status
	err = pump.EachStream(in, ch, r, several, func(in input.Input) error {
		src, err := in.Open()
		if err != nil {
			return err
		}
		defer src.Close()
		frames := framing.NewReader(src, f)
		frames.Max = -1
		for fr, err := range frames.Frames() {
			if err != nil {
				r.Fail(in.Shown(), &report.Failure{Status: report.StatusMalformed, Text: err.Error()})
				return report.ErrDone
			}
			if !fr.Silent {
				list = append(list, NewMessage(f, slices.Concat(fr.Header, fr.Body, fr.Trailer)))
			}
		}
		return nil
	})
	if r.Status != status {
		err = r.Done()
	}
	return list, true, err
}

// RecordedJSON returns the records of what a server sent, of those that -o json has written for both
// directions. Objects without a direction are messages of it.
func RecordedJSON(r io.Reader, stream int64) (text string, err error) {
	var streams []int64
	objects := map[int64]string{}
	for d := json.NewDecoder(r); ; {
		var raw json.RawMessage
		if err := d.Decode(&raw); err == io.EOF {
			break
		} else if err != nil {
			return "", &report.Failure{Status: report.StatusMalformed, Text: fmt.Sprintf("byte %d of the recording: %s", d.InputOffset(), err)}
		}
		var o struct {
			Type, Direction string
			Conn, Stream    int64
		}
		if json.Unmarshal(raw, &o) != nil || o.Type != "" && o.Type != "frame" || o.Direction != "" && o.Direction != capture.Directions[1] {
			continue
		}
		key := max(o.Conn, o.Stream)
		if !slices.Contains(streams, key) {
			streams = append(streams, key)
		}
		objects[key] += string(raw) + "\n"
	}
	switch {
	case len(streams) == 0:
		return "", report.Usage("the recording has no message of a server")
	case stream < 0 && len(streams) > 1:
		return "", oneOf(len(streams))
	case stream >= int64(len(streams)):
		return "", report.Usage("--stream %d: the recording has only %s", stream, report.Count(int64(len(streams)), "stream"))
	}
	return objects[streams[max(0, stream)]], nil
}

// oneOf returns the failure for a recording of several streams.
func oneOf(n int) error {
	f := report.Usage("the recording has %s, and a client can get the replies of one", report.Count(int64(n), "stream"))
	f.Hints = []string{"choose one with --stream N, from 0; to list them, run framecat inspect --list FILE"}
	return f
}
