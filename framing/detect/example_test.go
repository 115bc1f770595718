package detect_test

import (
	"fmt"

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
