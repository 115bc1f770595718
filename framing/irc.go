package framing

import "bytes"

// describeIRC returns the parts of a message of IRC: who sent it, its command or the number of a reply,
// and the channel or nickname that it is for.
//
//	@time=12:00 :anna!a@host PRIVMSG #go :hello
//	tags         prefix      command target
//
// Source: RFC 1459 section 2.3.1; IRCv3 message tags.
func describeIRC(dst []FieldText, _, body []byte) []FieldText {
	word := func(name string, mark byte) {
		if len(body) == 0 || mark != 0 && body[0] != mark {
			return
		}
		if mark != 0 {
			body = body[1:]
		}
		text, rest, _ := bytes.Cut(body, []byte(" "))
		body = bytes.TrimLeft(rest, " ")
		dst = append(dst, FieldText{name, printable(text)})
	}
	word("tags", '@')
	word("prefix", ':')
	word("command", 0)
	if len(body) > 0 && body[0] != ':' { // else it is text
		word("target", 0)
	}
	return dst
}
