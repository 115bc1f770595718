package capture

import (
	"errors"
	"io"
)

func (c *Capture) openText(r io.Reader) (recording, error) { return nil, errors.New("todo") }
