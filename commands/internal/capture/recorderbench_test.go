package capture

import (
	"fmt"
	"io"
	"path/filepath"
	"testing"
)

func BenchmarkRecorder(b *testing.B) {
	for _, size := range []int{64, 256, 4 << 10, 64 << 10} {
		data := make([]byte, size)
		run := func(b *testing.B, r *Recorder) {
			b.SetBytes(int64(size))
			b.ReportAllocs()
			i := 0
			for b.Loop() {
				r.Record(Event{Dir: i & 1, Kind: Bytes, At: begin, Data: data})
				i++
			}
		}
		b.Run(fmt.Sprintf("file/%d", size), func(b *testing.B) { run(b, NewRecorder(io.Discard, "")) })
		b.Run(fmt.Sprintf("ring/%d", size), func(b *testing.B) { run(b, ringOf(b, 10<<20, filepath.Join(b.TempDir(), "ring"))) })
	}
}
