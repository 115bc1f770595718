package pump

import (
	"io"
	"os"

	"framecat/framing"
)

// The file of --partial has the unfinished frame of the stream that had one last: c.kept bytes. A
// large frame is written after them as it arrives. If it is complete, it is removed; if it is
// cut, only it stays.

// beginPartial begins a large frame in the file of --partial.
func (c *Conversion) beginPartial(header []byte) error {
	if err := c.dropPartial(); err != nil {
		return err
	}
	_, err := c.Partial.Write(header)
	return err
}

// dropPartial removes the large frame, which is complete.
func (c *Conversion) dropPartial() error { return cutFile(c.Partial, c.kept) }

// keepPartial writes the bytes of an unfinished frame to the file of --partial, after the part
// of its body that was streamed there.
func (c *Conversion) keepPartial(r *framing.Reader, e *framing.Error) error {
	if c.Partial == nil {
		return nil
	}
	if e.Sent == 0 {
		c.kept = 0
		if err := cutFile(c.Partial, 0); err != nil {
			return err
		}
	}
	if _, err := c.Partial.Write(r.Buffered()); err != nil {
		return err
	}
	size, err := c.Partial.Seek(0, io.SeekCurrent)
	if err != nil {
		return err
	}
	before := c.kept
	if c.kept = size - before; before == 0 {
		return nil
	}
	part := io.NewSectionReader(c.Partial, before, c.kept)
	if _, err := io.Copy(io.NewOffsetWriter(c.Partial, 0), part); err != nil {
		return err
	}
	return cutFile(c.Partial, c.kept)
}

// cutFile removes what a file has after its first n bytes.
func cutFile(f *os.File, n int64) error {
	if err := f.Truncate(n); err != nil {
		return err
	}
	_, err := f.Seek(n, io.SeekStart)
	return err
}
