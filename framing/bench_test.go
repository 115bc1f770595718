package framing

import (
	"bytes"
	"io"
	"testing"
)

// The time per frame for a rule of each sort: read one by one, in batches, and written.
func BenchmarkFrames(b *testing.B) {
	for _, spec := range []string{"u32be", "u16le:offset=2", "varint", "lines", "netstring", "slip", "cobs", "websocket", "u32be:crc=crc32"} {
		f := mustParse(b, spec)
		frame, err := f.Append(nil, Marks{}, []byte("sixteen bytes .."))
		if err != nil {
			b.Fatal(err)
		}
		wire := bytes.Repeat(frame, 10_000)
		bench := func(name string, read func(*Reader) error) {
			b.Run(spec+"/"+name, func(b *testing.B) {
				b.SetBytes(int64(len(wire)))
				b.ReportAllocs()
				for range b.N {
					r := NewReader(bytes.NewReader(wire), f)
					if err := read(r); err != io.EOF {
						b.Fatal(err)
					}
				}
			})
		}
		bench("Next", func(r *Reader) (err error) {
			for err == nil {
				_, err = r.Next()
			}
			return err
		})
		w := NewWriter(io.Discard, f)
		bench("NextBatch", func(r *Reader) (err error) {
			for err == nil {
				_, err = r.NextBatch()
			}
			return err
		})
		bench("WriteBatch", func(r *Reader) error {
			for {
				batch, err := r.NextBatch()
				if err != nil {
					return err
				}
				if _, err = w.WriteBatch(batch); err != nil {
					return err
				}
			}
		})
	}
}
