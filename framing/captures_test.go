package framing

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"math/rand/v2"
	"os"
	"testing"
)

// Streams recorded from real programs. Their manifest has the hashes of the frames and
// payloads that independent decoders found.
func TestCaptures(t *testing.T) {
	raw, err := os.ReadFile("../testdata/captures/manifest.json")
	if err != nil {
		t.Fatal(err)
	}
	var captures []struct {
		Name, File, Spec string
		Messages         int
		PayloadSHA256    []string `json:"payload_sha256"`
		FrameSHA256      []string `json:"frame_sha256"`
		AllPayloads      string   `json:"all_payloads_sha256"`
		Leftover         int      `json:"leftover_bytes"`
		PayloadAt        int      `json:"payload_at"` // where their payload begins in a frame, if it counts some of our header
		Preface          bool     // their first payload is the preface
		WholeFrames      bool     `json:"whole_frames"` // their payloads are whole frames
	}
	if err := json.Unmarshal(raw, &captures); err != nil {
		t.Fatal(err)
	}
	for _, c := range captures {
		t.Run(c.Name, func(t *testing.T) {
			data, err := os.ReadFile("../testdata/captures/" + c.File)
			if err != nil {
				t.Fatal(err)
			}
			rnd := rand.New(rand.NewPCG(3, uint64(len(data))))
			for _, src := range []io.Reader{whole(data), single(data), random(data, rnd)} {
				frames, err := drain(NewReader(src, mustParse(t, c.Spec)))
				if len(frames) != c.Messages {
					t.Fatalf("%d frames, %v; want %d", len(frames), err, c.Messages)
				}
				all, end := sha256.New(), int64(0)
				for i, f := range frames {
					next := f.Offset + f.Wire
					if c.PayloadAt > 0 || c.WholeFrames || c.Preface && i == 0 {
						f.Payload = string(data[f.Offset+int64(c.PayloadAt) : next])
					}
					all.Write([]byte(f.Payload))
					if i < len(c.PayloadSHA256) {
						if h := shortHash([]byte(f.Payload)); h != c.PayloadSHA256[i] {
							t.Fatalf("payload %d hashes %s, want %s", i, h, c.PayloadSHA256[i])
						}
						if h := shortHash(data[end:next]); h != c.FrameSHA256[i] { // with the fill before it
							t.Fatalf("frame %d hashes %s, want %s", i, h, c.FrameSHA256[i])
						}
					}
					end = next
				}
				if h := hex.EncodeToString(all.Sum(nil)); h != c.AllPayloads {
					t.Errorf("all payloads hash %s, want %s", h, c.AllPayloads)
				}
				if left := len(data) - int(end); left != c.Leftover {
					t.Errorf("leftover %d, want %d", left, c.Leftover)
				}
				if err != io.EOF && !errors.Is(err, io.ErrUnexpectedEOF) || err == io.EOF && c.Leftover > 2 {
					t.Errorf("error %v with leftover %d", err, c.Leftover)
				}
			}
		})
	}
}

func shortHash(b []byte) string {
	h := sha256.Sum256(b)
	return hex.EncodeToString(h[:8])
}
