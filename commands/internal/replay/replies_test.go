package replay

import (
	"fmt"
	"strings"
	"testing"
)

// Replies are compared with the recorded ones: by the id of their request, or else in their order.
func TestReplies(t *testing.T) {
	t.Parallel()
	const rpc = `>{"id":1,"method":"a"} >{"id":2,"method":"b"} <{"method":"note"} <{"id":2,"result":"B"} <{"id":1,"result":"A"} >{"id":3,"method":"c"} <{"id":3,"result":"C"}`
	for _, row := range []struct{ tape, ignore, server, want string }{
		{">a <A >b <B", "", "A B", "ok ok"},
		{">a <A >b <B", "", "A C", "ok #1"},
		{">a <A >b <B", "", "A B C", "ok ok new"},
		{">a <A >b <B", "", "A", "ok; #1 is missing, before message 2"},
		{"<hello >a <A", "", "", "; #0 is missing, before message 0"},
		{">a <A1", "/[0-9]+/", "A2", "ok"},

		{rpc, "", `{"id":1,"result":"A"} {"method":"note"} {"id":2,"result":"B"} {"id":3,"result":"C"}`, "ok ok ok ok"},
		{rpc, "", `{"id":1,"result":"A"}`, "ok; #0 is missing, before message 2"},
		{rpc, "", `{"id":2,"result":"B"} {"id":1,"result":"B"}`, "ok #2; #0 is missing, before message 2"},
		{rpc, "", `{"result":"A","id":1} {"id":7,"result":"B"}`, "ok #0; #0 is missing, before message 2"},
		{rpc, "", `{"method":"note"} {"method":"note"}`, "ok new; #1 is missing, before message 2"},
		{rpc, "", `{"id":2,"result":"B"} {"id":2,"result":"B"}`, "ok #0; #0 is missing, before message 2"},
	} {
		tape := tapeOf(t, "lines", row.tape)
		s := tape.Streams[0]
		r := NewReplies(tape, s, comparerOf(t, tape, row.ignore))
		var got []string
		for _, word := range strings.Fields(row.server) {
			f := frameOf(t, "lines", word)
			switch m, equal := r.Came(&f); {
			case m == nil:
				got = append(got, "new")
			case equal:
				got = append(got, "ok")
			default:
				got = append(got, fmt.Sprintf("#%d", m.Index))
			}
		}
		text := strings.Join(got, " ")
		if m := r.Missing(); m != nil && text != "ok #1" {
			text += fmt.Sprintf("; #%d is missing", m.Index)
			next := 0
			for i := range s.Messages {
				if s.Messages[i].Dir != Client {
					continue
				}
				if !r.Before(i) {
					break
				}
				next++
			}
			text += fmt.Sprintf(", before message %d", next)
		}
		if text != row.want {
			t.Errorf("%s answers %s: %s, want %s", row.tape, row.server, text, row.want)
		}
	}
}
