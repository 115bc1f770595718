package framing

// An end is an end of a connection: it sends a stream, and the other end reads it.
type end int

const (
	noEnd end = iota // it is unknown
	clientEnd
	serverEnd
)

// ends are the values of the key role that the client and the server of a protocol have. A value
// is "" if the row has none for that end.
type ends struct{ client, server string }

func (r ends) of(e end) string {
	switch e {
	case clientEnd:
		return r.client
	case serverEnd:
		return r.server
	}
	return ""
}

// A role is the value of the key role: the end that sends the stream.
type role struct {
	name  string // one of the row's, or ""
	given bool   // the user gave it; otherwise it follows from the end, if that is known
}

// arg adds the key to a spec if the user gave it.
func (r role) arg(w *specWriter) {
	if r.given {
		w.arg("role=%s", r.name)
	}
}

// role reads the key role. Without it, the row has a value for the end that sends the stream.
func (s *settings) role(k *Entry, words ...string) role {
	if i := s.choice("role", -1, words...); i >= 0 {
		return role{words[i], true}
	}
	return role{name: k.roles.of(s.end)}
}
