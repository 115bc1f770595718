package capture

import "cmp"

// Limits bound what numbers in a recording, or a recording without an end, may cost. Of each
// field, 0 is its default.
type Limits struct {
	Repeats int64 // bytes that the * of a dump may stand for, together; default 1 GiB
	Copy    int64 // bytes of a pipe that are copied to a temporary file; default 1 GiB
}

func (l Limits) orDefaults() Limits {
	return Limits{cmp.Or(l.Repeats, 1<<30), cmp.Or(l.Copy, 1<<30)}
}
