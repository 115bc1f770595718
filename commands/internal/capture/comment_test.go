package capture

import (
	"bytes"
	"testing"
)

// What a recording says of itself comes with its streams.
func TestComment(t *testing.T) {
	t.Parallel()
	for _, want := range []string{"", Redacted} {
		var file bytes.Buffer
		r := NewRecorder(&file, want)
		r.Record(Event{Kind: Opened, Client: "127.0.0.1:1", Server: "127.0.0.1:2"})
		r.Record(Event{Kind: Bytes, Data: []byte("a")})
		r.Record(Event{Kind: Ended})
		r.Close()
		var got []string
		err := Follow(&file, Pcap, Limits{}, func(e Event) error {
			if e.Kind == Opened {
				got = append(got, e.Comment)
			}
			return nil
		})
		if err != nil || len(got) != 1 || got[0] != want || IsRedacted(got[0]) != (want != "") {
			t.Errorf("the comments are %q, %v, want %q", got, err, want)
		}
	}
}
