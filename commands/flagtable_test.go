package commands

import (
	"testing"

	"framecat/commands/internal/link"
)

// What completion offers for --chunk is what the flag takes, and every address begins
// one.
func TestCompletionOffersWhatSendTakes(t *testing.T) {
	for _, c := range chunkWords {
		if _, err := link.ParseChunking(c.Word); err != nil {
			t.Errorf("--chunk %s: %v", c.Word, err)
		}
	}
	for _, a := range addressWords {
		rest := map[string]string{"localhost:": "4000", "tls://": "host:4000", "unix:": "/socket"}[a.Word]
		if _, _, err := link.ParseAddress([]string{a.Word + rest}); err != nil || rest == "" {
			t.Errorf("%s%s: %v", a.Word, rest, err)
		}
	}
}
