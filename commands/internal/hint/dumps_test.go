package hint

import (
	"cmp"
	"strings"
	"testing"
)

// A text that shows bytes in a form that is not read gets a hint how to print or read it.
func TestDump(t *testing.T) {
	const ruler = "\n===================================================================\n"
	for _, row := range []struct{ head, want string }{
		{ruler + "Follow: tcp,ascii\nFilter: tcp.stream eq 0\nNode 0: 10.0.0.1:80\n", "print follow,tcp,raw instead"},
		{ruler + "Follow: tls,ebcdic\r\nFilter: x\n", "print follow,tls,raw instead"},
		{ruler + "Follow: udp,utf-8\n", "print follow,udp,raw instead"},
		{ruler + "Follow: tcp,raw\nFilter: x\n", ""},
		{ruler + "A heading\n", ""},
		{ruler + "Follow: tcp,asc", ""},
		{"353a68656c6c6f2c\n", "use --capture hexdump"},
		{"353a68656c6c6f2c", "use --capture hexdump"},
		{"353A6865\n6C6C6F2C\n", "use --capture hexdump"},
		{"353a68656c6c6f2\n", ""},
		{"353a68656c6c6f2g\n", ""},
		{"12345678\n", ""},
		{"dead\n", ""},
		{"0000000   1   :   l   ,   2   : 316   f   ,   2   1   : 354   H 320   8\n0000020   W 364   4 205   n\n", "print it with od -A x -t x1z"},
		{"0000000 14897 11372 14898 26318\n0000020 14897 11372\n", "print it with od -A x -t x1z"},
		{"0000000   1   :   l   ,\n0000010   W 364\n", "print it with od -A x -t x1z"},
		{"0000000 a log\n0000001 of lines\n", ""},
		{"0000000 one line\n", ""},
		{"hello\n", ""},
		{"", ""},
	} {
		if got := cmp.Or(FileKind([]byte(row.head)), Dump([]byte(row.head))); !strings.HasSuffix(got, row.want) || (got == "") != (row.want == "") {
			t.Errorf("%q: %q, want %q", row.head, got, row.want)
		}
	}
}
