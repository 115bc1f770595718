package framing

// SentBy returns f, a framing of the row, for the stream that one end of a connection sends: 0 is
// the client, 1 the server. Its spec stays the same, and a role that is in the spec too.
func (d *details) SentBy(n int, f Framing) Framing {
	if d == nil || d.roles == (ends{}) {
		return f
	}
	s := &settings{end: clientEnd + end(n)}
	if sent, err := s.parse(f.String()); err == nil {
		return sent
	}
	return f
}
