package capture

import (
	"io"
	"time"

	"framecat/framing"
)

// A Source reads the bytes of one direction. Read returns the bytes before a gap, then the
// *Gap once as an error, then the bytes after it. Any other error ends the stream.
type Source struct {
	// Pause is the time between two segments for which Read returns framing.ErrPause, once, between
	// their bytes; 0 is never. Set it before the first Read.
	Pause time.Duration

	queue *queue
	more  func() error // appends to the queue; io.EOF if nothing follows
	err   error        // the error of more, returned when the queue is empty

	offset int64  // offset of the next byte
	begun  bool   // a part of the current item was read
	last   int64  // when the last bytes came that were read; 0 is unknown
	recent []mark // when recent bytes came, oldest first
}

// A queue holds what was found of a direction and is not read yet: its bytes, and an item
// for each segment.
type queue struct {
	data   []byte // data[read:] is not read yet
	read   int
	items  []item // items[taken:] are not read yet
	taken  int
	closed bool  // it takes no more
	most   int64 // how many bytes it takes, if open is set
	open   *int  // counts the queues that take more; nil if this one takes all
}

// An item is a run of bytes that came together, with or without a gap before it.
type item struct {
	gap int64 // bytes missing before it; 0 is none, -1 is unknown
	n   int64 // bytes that are not read yet
	at  int64 // Unix time in nanoseconds; 0 is unknown
}

// A mark records when the bytes up to the offset end came.
type mark struct{ end, at int64 }

// maxMarks is how many segments At remembers at least. They take 512 KiB of memory, and are
// more than the buffer of a reader holds, unless each has only a byte or two.
const maxMarks = 32 << 10

func (q *queue) add(gap int64, data []byte, at int64) {
	if q.closed {
		return
	}
	if q.empty() {
		q.data, q.items, q.read, q.taken = q.data[:0], q.items[:0], 0, 0
	}
	if q.open != nil {
		data = data[:min(int64(len(data)), q.most-int64(len(q.data)))]
	}
	q.items = append(q.items, item{gap, int64(len(data)), at})
	q.data = append(q.data, data...)
	if q.open != nil && (gap != 0 || int64(len(q.data)) >= q.most) {
		q.close()
	}
}

// close ends a queue that takes no more.
func (q *queue) close() {
	q.closed = true
	*q.open--
}

func (q *queue) empty() bool { return q.taken == len(q.items) }

// full reports whether the queue holds enough. If it were read after each row, the reader
// would also write its output after each row.
func (q *queue) full() bool { return len(q.data)-q.read >= 64<<10 || len(q.items)-q.taken >= 4<<10 }

// Read reads bytes up to the next gap.
func (s *Source) Read(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	for s.queue.empty() {
		if s.err != nil {
			return 0, s.err
		}
		s.err = s.more()
	}
	q := s.queue
	n := 0
	for n < len(p) && !q.empty() {
		i := &q.items[q.taken]
		if i.gap != 0 {
			if n > 0 {
				break
			}
			g := &Gap{s.offset, i.gap}
			s.offset += max(0, i.gap)
			s.last = 0
			if i.gap = 0; i.n == 0 {
				q.taken++
			}
			return 0, g
		}
		if s.pausesBefore(i) {
			if n == 0 {
				s.last = 0
				return 0, framing.ErrPause
			}
			break
		}
		k := copy(p[n:], q.data[q.read:q.read+int(i.n)])
		q.read += k
		n += k
		s.passed(i, int64(k))
		if s.begun = i.n > 0; !s.begun {
			q.taken++
		}
	}
	return n, nil
}

// pausesBefore reports whether nothing came for Pause before an item.
func (s *Source) pausesBefore(i *item) bool {
	return s.Pause > 0 && !s.begun && s.last != 0 && i.at-s.last >= int64(s.Pause)
}

// passed records when n bytes of an item came.
func (s *Source) passed(i *item, n int64) {
	i.n -= n
	s.offset += n
	s.last = i.at
	switch last := len(s.recent) - 1; {
	case i.at == 0:
	case s.begun && last >= 0:
		s.recent[last].end = s.offset
	default:
		if len(s.recent) >= 2*maxMarks {
			s.recent = append(s.recent[:0], s.recent[maxMarks:]...)
		}
		s.recent = append(s.recent, mark{s.offset, i.at})
	}
}

// At returns when the first of length bytes at offset came, and how many segments brought
// these bytes. If they were not read recently, it returns the zero time. It forgets all
// bytes before offset, so offsets must not go back.
func (s *Source) At(offset, length int64) (first time.Time, segments int) {
	i := 0
	for i < len(s.recent) && s.recent[i].end <= offset {
		i++
	}
	s.recent = s.recent[i:]
	for _, m := range s.recent {
		if segments++; segments == 1 {
			first = time.Unix(0, m.at).UTC()
		}
		if m.end >= offset+length {
			break
		}
	}
	return first, segments
}

// Close frees the memory of the source. Read then returns io.EOF.
func (s *Source) Close() error {
	*s.queue = queue{closed: true}
	s.recent, s.err = nil, io.EOF
	return nil
}
