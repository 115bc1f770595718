package framing_test

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"testing/iotest"

	"framecat/framing"
)

// The bytes of a stream come in pieces of any size; the messages come whole.
func Example() {
	f, err := framing.Parse("u8")
	if err != nil {
		fmt.Println(err)
		return
	}
	conn := iotest.OneByteReader(strings.NewReader("\x03abc\x02hi\x04ping"))
	r := framing.NewReader(conn, f)
	r.Max = 1 << 20 // the longest payload to hold; else there is no limit
	for {
		frame, err := r.Next()
		if err == io.EOF {
			break
		}
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Printf("%d at %d: %s\n", frame.Index, frame.Offset, frame.Payload)
	}
	// Output:
	// 0 at 0: abc
	// 1 at 4: hi
	// 2 at 7: ping
}

func ExampleWriter() {
	f, _ := framing.Parse("netstring")
	w := framing.NewWriter(os.Stdout, f)
	for _, text := range []string{"hello", "world"} {
		if err := w.Write(framing.Marks{}, []byte(text)); err != nil {
			fmt.Println(err) // this message has no such frame, or the destination failed
		}
	}
	if err := w.Flush(); err != nil {
		fmt.Println(err)
	}
	// Output: 5:hello,5:world,
}

// An error tells which frame, where it starts, and where the fault is.
func ExampleError() {
	f, _ := framing.Parse("netstring")
	r := framing.NewReader(strings.NewReader("2:hi,5:hello;"), f)
	var err error
	for err == nil {
		_, err = r.Next()
	}
	fmt.Println(err)
	var e *framing.Error
	if errors.As(err, &e) {
		fmt.Println(e.Kind, e.Frame, e.Start, e.Offset)
	}
	// Output:
	// frame 1 at byte 5: byte 12: ";" where the trailer "," belongs
	// bad-trailer 1 5 12
}

// A stream that ends inside a frame is an error; what is there can be kept.
func ExampleReader_Buffered() {
	f, _ := framing.Parse("u32be")
	r := framing.NewReader(strings.NewReader("\x00\x00\x00\x05hel"), f)
	_, err := r.Next()
	fmt.Println(errors.Is(err, io.ErrUnexpectedEOF), err)
	fmt.Printf("%q\n", r.Buffered())
	// Output:
	// true frame 0 at byte 0: the stream ends after 7 of 9 bytes
	// "\x00\x00\x00\x05hel"
}

func ExampleReader_Recover() {
	f, _ := framing.Parse("slip")
	r := framing.NewReader(strings.NewReader("one\xc0tw\xdbo\xc0three\xc0"), f)
	for {
		frame, err := r.Next()
		if err == io.EOF {
			break
		}
		if err != nil {
			n, _ := r.Recover()
			fmt.Println(err, "- skipped", n)
			continue
		}
		fmt.Printf("%s\n", frame.Payload)
	}
	// Output:
	// one
	// frame 1 at byte 4: byte 7: 0x6f behind ESC, where only 0xdc or 0xdd may be - skipped 5
	// three
}

// A large body is passed on in constant memory.
func ExampleReader_CopyNext() {
	f, _ := framing.Parse("u32be")
	r := framing.NewReader(strings.NewReader("\x00\x00\x00\x05hello"), f)
	r.StreamLarge = true
	frame, err := r.CopyNext(os.Stdout)
	fmt.Println("", frame.Wire, err)
	// Output: hello 9 <nil>
}

func ExampleParse() {
	_, err := framing.Parse("u16be:ofset=2")
	var e *framing.SpecError
	if errors.As(err, &e) {
		fmt.Println(e.Pos, e.Near)
	}
	f, _ := framing.Parse("length:size=2,counts=frame")
	fmt.Println(f)
	// Output:
	// 6 offset
	// u16be:counts=frame
}
