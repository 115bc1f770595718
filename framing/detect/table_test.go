package detect

import (
	"encoding/binary"
	"math"
	"math/rand"
	"testing"
)

// Numbers in a row have no frames, though some of them could be lengths.
func TestDetectTables(t *testing.T) {
	r := rand.New(rand.NewSource(5))
	walk := 500.0
	numbers := []struct {
		name string
		next func(i int) float64
	}{
		{"counted", func(i int) float64 { return float64(i) }},
		{"squares", func(i int) float64 { return float64(i * i) }},
		{"offsets", func(i int) float64 { return float64(40 * i) }},
		{"times", func(i int) float64 { return 1.7e9 + float64(3*i) }},
		{"a walk", func(int) float64 { walk += float64(r.Intn(41) - 20); return math.Abs(walk) }},
		{"a wave", func(i int) float64 { return 3000 * math.Sin(float64(i)/20) }},
		{"below 100", func(int) float64 { return float64(r.Intn(100)) }},
		{"below 5000", func(int) float64 { return float64(r.Intn(5000)) }},
	}
	formats := []struct {
		name string
		put  func(o binary.AppendByteOrder, b []byte, v float64) []byte
	}{
		{"int16", func(o binary.AppendByteOrder, b []byte, v float64) []byte { return o.AppendUint16(b, uint16(int64(v))) }},
		{"int32", func(o binary.AppendByteOrder, b []byte, v float64) []byte { return o.AppendUint32(b, uint32(int64(v))) }},
		{"int64", func(o binary.AppendByteOrder, b []byte, v float64) []byte { return o.AppendUint64(b, uint64(int64(v))) }},
		{"float32", func(o binary.AppendByteOrder, b []byte, v float64) []byte {
			return o.AppendUint32(b, math.Float32bits(float32(v)))
		}},
		{"float64", func(o binary.AppendByteOrder, b []byte, v float64) []byte {
			return o.AppendUint64(b, math.Float64bits(v))
		}},
	}
	tables, wrong := 0, 0
	counts := []int{8, 40}
	if long() {
		counts = []int{8, 40, 200}
	}
	orders := []binary.AppendByteOrder{binary.BigEndian, binary.LittleEndian}
	for i, n := range numbers {
		for j, f := range formats {
			for _, o := range orders[(i+j)%2 : (i+j)%2+1] {
				for _, count := range counts {
					var b []byte
					for i := range count {
						b = f.put(o, b, n.next(i))
					}
					tables++
					all := Detect(b, true)
					if len(all) > 0 && all[0].Bits >= MinBits && all[0].Entry.Name != "fixed" {
						wrong++
						t.Logf("%d %s of %s, %v: %v, %d whole frames", count, f.name, n.name, o, all[0].Spec, all[0].Frames)
					}
				}
			}
		}
	}
	if wrong > tables/8 {
		t.Errorf("%d of %d tables of numbers are taken for frames", wrong, tables)
	}
}
