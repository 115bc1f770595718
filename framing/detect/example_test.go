package detect_test

import (
	"bytes"
	"fmt"

	"framecat/framing"
	"framecat/framing/detect"
)

// What a stream holds after its first frames shows how they are framed.
func Example() {
	head := []byte("\x00\x00\x00\x05hello\x00\x00\x00\x07good by\x00\x00\x00\x02ok\x00\x00\x00\x06thanks")
	all := detect.Detect(head, true)
	if len(all) == 0 || all[0].Bits < detect.MinBits || all[0].Frames == 0 {
		fmt.Println("unknown")
		return
	}
	fmt.Printf("%s: %d whole frames, then %d bytes\n", all[0].Spec, all[0].Frames, all[0].Leftover)
	// Output: u32be: 4 whole frames, then 0 bytes
}

// A damaged length costs one frame, even if the framing has no marks to search for.
func ExampleRepair() {
	f, _ := framing.Parse("u32be")
	var file bytes.Buffer
	w := framing.NewWriter(&file, f)
	for i := range 8 {
		w.Write(fmt.Appendf(nil, "entry %d of the log", i))
	}
	w.Flush()
	b := file.Bytes()
	b[2*len(b)/8+2] = 1 // a byte of the third length

	src := bytes.NewReader(b)
	r := framing.NewReader(src, f)
	r.Resync, r.Size = detect.Repair, src.Size
	for frame, err := range r.Frames() {
		if err != nil {
			skipped, again := r.Recover()
			fmt.Printf("frame %d is damaged: skipped %d bytes\n", r.Index()-1, skipped)
			if again != nil {
				return
			}
			continue
		}
		fmt.Printf("%s\n", frame.Payload)
	}
	// Output:
	// entry 0 of the log
	// entry 1 of the log
	// frame 2 is damaged: skipped 22 bytes
	// entry 3 of the log
	// entry 4 of the log
	// entry 5 of the log
	// entry 6 of the log
	// entry 7 of the log
}
