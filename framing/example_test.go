package framing_test

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"os"
	"strings"

	"framecat/framing"
)

// A connection delivers bytes in pieces of any size; the messages come whole.
func Example() {
	f, err := framing.Parse("u16be")
	if err != nil {
		log.Fatal(err)
	}
	conn, peer := net.Pipe()
	go func() {
		defer peer.Close()
		for _, piece := range []string{"\x00", "\x05hel", "lo\x00\x02hi\x00\x04pi", "ng"} {
			io.WriteString(peer, piece)
		}
	}()
	r := framing.NewReader(conn, f)
	r.Max = 1 << 20 // the longest payload, in bytes
	for frame, err := range r.Frames() {
		if err != nil {
			log.Fatal(err) // it shows which frame is wrong, where, and what was expected
		}
		fmt.Printf("%d at %d: %s\n", frame.Index, frame.Offset, frame.Payload)
	}
	// Output:
	// 0 at 0: hello
	// 1 at 7: hi
	// 2 at 11: ping
}

func ExampleWriter() {
	f, err := framing.Parse("netstring")
	if err != nil {
		log.Fatal(err)
	}
	w := framing.NewWriter(os.Stdout, f)
	for _, text := range []string{"hello", "world"} {
		if err := w.Write([]byte(text)); err != nil {
			log.Fatal(err) // no netstring can carry this message, or the destination failed
		}
	}
	if err := w.Flush(); err != nil {
		log.Fatal(err)
	}
	// Output: 5:hello,5:world,
}

// A filter that changes payloads writes each with the header of the frame it came in: its
// type, its flags, its stream.
func ExampleWriter_WriteLike() {
	f, err := framing.Parse("websocket")
	if err != nil {
		log.Fatal(err)
	}
	var out strings.Builder
	w := framing.NewWriter(&out, f)
	r := framing.NewReader(strings.NewReader("\x81\x02hi\x82\x02yo"), f) // text, binary
	for frame, err := range r.Frames() {
		if err != nil {
			log.Fatal(err)
		}
		loud := []byte(strings.ToUpper(string(frame.Payload)) + "!")
		if err := w.WriteLike(framing.Marks{Header: frame.Header, Trailer: frame.Trailer}, loud); err != nil {
			log.Fatal(err)
		}
	}
	if err := w.Flush(); err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%q\n", out.String())
	// Output: "\x81\x03HI!\x82\x03YO!"
}

// The length is in bytes 2 and 3, low byte first, and counts the whole frame; each frame
// begins with two bytes that are always the same.
func ExampleLength() {
	rule := framing.Length{Size: 2, Order: binary.LittleEndian, Offset: 2, Adjust: -4, Magic: "\xca\xfe"}
	f, err := rule.Framing()
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(f)
	frame, err := f.Append(nil, framing.Marks{}, []byte("hello"))
	fmt.Printf("%q %v\n", frame, err)
	// Output:
	// u16le:offset=2,counts=frame,magic=0xcafe
	// "\xca\xfe\t\x00hello" <nil>
}

// counted has one byte of length, which counts itself.
type counted struct{}

func (counted) String() string { return "counted" }

func (counted) Scan(b []byte, c *framing.Cursor) (framing.Extent, error) {
	switch {
	case len(b) == 0:
		return framing.Extent{}, framing.ErrMore
	case b[0] == 0:
		return framing.Extent{}, &framing.Error{
			Fault: framing.LengthTooSmall, Detail: "length 0 does not count itself", Err: framing.ErrMalformed}
	}
	return framing.Extent{Header: 1, Body: int64(b[0]) - 1, Announced: true}, nil
}

func (counted) Append(dst []byte, like framing.Marks, payload []byte) ([]byte, error) {
	switch {
	case len(like.Header) > 1 || len(like.Trailer) > 0:
		return dst, framing.ErrMarks // no frame of this framing has these
	case len(payload) > 254:
		return dst, framing.ErrPayload
	}
	return append(append(dst, byte(len(payload)+1)), payload...), nil
}

// A rule of your own needs three methods.
func ExampleFraming() {
	r := framing.NewReader(strings.NewReader("\x06hello\x01\x03hi\x00"), counted{})
	for frame, err := range r.Frames() {
		if err != nil {
			fmt.Println(err)
			break
		}
		fmt.Printf("%q\n", frame.Payload)
	}
	// Output:
	// "hello"
	// ""
	// "hi"
	// frame 3 at byte 10: length 0 does not count itself
}

// Many small frames cost less in batches: here they go from one framing to another.
func ExampleReader_NextBatch() {
	from, _ := framing.Parse("u8")
	to, _ := framing.Parse("lines")
	r := framing.NewReader(strings.NewReader("\x03one\x03two\x05three"), from)
	w := framing.NewWriter(os.Stdout, to)
	for {
		batch, err := r.NextBatch()
		if err == io.EOF {
			break
		}
		if err != nil {
			log.Fatal(err)
		}
		if n, err := w.WriteBatch(batch); err != nil {
			log.Fatalf("message %d: %v", batch.Index+int64(n), err)
		}
		for i := range batch.Frames { // each of them, where that is needed
			_ = batch.Frame(i).Payload
		}
	}
	if err := w.Flush(); err != nil {
		log.Fatal(err)
	}
	// Output:
	// one
	// two
	// three
}

// A payload of any size goes through in constant memory.
func ExampleReader_NextReader() {
	const size = 100 << 20
	f, _ := framing.Parse("u32be")
	src := io.MultiReader(strings.NewReader("\x06\x40\x00\x00"), io.LimitReader(zeros{}, size))
	r := framing.NewReader(src, f)
	for {
		frame, body, err := r.NextReader()
		if err == io.EOF {
			break
		}
		if err != nil {
			log.Fatal(err)
		}
		n, err := io.Copy(io.Discard, body)
		fmt.Println(frame.Size, n, err)
	}
	// Output: 104857604 104857600 <nil>
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}

// After a frame that can't be read, Recover finds the next one.
func ExampleReader_Recover() {
	f, _ := framing.Parse("slip")
	r := framing.NewReader(strings.NewReader("one\xc0tw\xdbo\xc0three\xc0"), f)
	for frame, err := range r.Frames() {
		if err != nil {
			skipped, again := r.Recover()
			fmt.Println(err, "- skipped", skipped)
			if again != nil {
				break // there is nothing to go on at
			}
			continue
		}
		fmt.Printf("%s\n", frame.Payload)
	}
	// Output:
	// one
	// frame 1 at byte 4: byte 7: found 0x6f after ESC, expected 0xdc or 0xdd - skipped 5
	// three
}

// An error has the number of the frame, where it starts, and where the fault is.
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
		fmt.Println(e.Fault, e.Frame, e.Start, e.Offset)
	}
	// Output:
	// frame 1 at byte 5: byte 12: found ";", expected the trailer ","
	// bad-trailer 1 5 12
}

// A stream that ends inside a frame is an error; the bytes that arrived can be kept.
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

func ExampleParse() {
	f, err := framing.Parse("length:size=2,counts=frame")
	fmt.Println(f, err)
	_, err = framing.Parse("u16be:ofset=2")
	var e *framing.SpecError
	if errors.As(err, &e) {
		fmt.Println(e.Detail)
		fmt.Println(e.Pos, e.Got, e.Words[0])
	}
	// Output:
	// u16be:counts=frame <nil>
	// u16be has no key "ofset"; it has offset header unit mask signed magic magic-at prefix trailer min max counts adjust crc crc-from crc-counted
	// 6 ofset offset
}

// The table knows what the fields of a header mean.
func ExampleEntryOf() {
	f, _ := framing.Parse("mqtt")
	r := framing.NewReader(strings.NewReader("\x30\x05\x00\x01ahi"), f)
	frame, err := r.Next()
	if err != nil {
		log.Fatal(err)
	}
	entry := framing.EntryOf(f)
	fmt.Println(entry.Summary)
	for _, field := range entry.Describe(nil, f, frame) {
		fmt.Println(field.Name, field.Text)
	}
	// Output:
	// MQTT control packets, versions 3 to 5
	// type PUBLISH
	// flags 0
}
