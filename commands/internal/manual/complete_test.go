package manual

import (
	"strings"
	"testing"

	"framecat/framing"
)

// sample is a program with a flag of each kind.
var sample = &Program{
	Commands: []Command{{
		Name: "decode", Args: []Arg{{Value: File, Optional: true, Repeat: true}}, Summary: "frames in, messages out",
		About: "Reads frames and writes their payloads.",
		Flags: []Flag{
			{Name: "framing", Short: "f", Value: Spec, Group: "Framing", Text: "use this framing", Default: "u32be"},
			{Name: "out", Short: "o", Value: Format, Group: "Output", Text: "write messages in this format", Without: "lines or so", Words: []Term{{"dir:DIR", "a directory"}}},
			{Name: "where", Value: Test, Group: "Output", Text: "keep some frames", Repeat: true},
			{Name: "count", Short: "n", Value: Number, Group: "Output", Text: "stop after N messages"},
			{Name: "on-error", Value: "stop|skip", Group: "Output", Text: "stop or skip", Default: "stop"},
			{Name: "quiet", Short: "q", Group: "Reports", Text: "print only errors"},
		},
		Sections: []Section{{Title: "TEST", Terms: []Term{{"NAME=VALUE", "a field has this value"}}, Text: "All must hold."}},
		Statuses: []int{0, 130},
		Examples: []Example{{Text: "print each message on a line", Line: "framecat decode -f u8 FILE"}},
	}},
	Tests:   []Term{{"NAME=VALUE", "a field"}, {"payload=TEXT", "the payload"}, {"payload!~TEXT", "not in it"}, {"size>N", "longer"}},
	Flags:   []Flag{{Name: "help", Short: "h", Group: "Reports", Text: "print help"}},
	Formats: []Term{{"lines", "one message a line"}, {"raw", "bytes"}, {"hex", "hex digits"}},
}

// What bash asks, and what it then puts in the place of all that follows the last of its
// breaks.
func TestBashAnswer(t *testing.T) {
	const breaks = " \t\n\"'><=;|&(:"
	rows := []struct{ line, kind, want string }{
		{"framecat dec", "9", "words|decode "},
		{"framecat help js", "9", "words|json |json-seq |json-stream "},
		{"framecat js", "9", "words"},
		{"framecat decode -f u16be:cou", "9", "words|counts="},
		{"framecat decode -f u16be:counts=f", "9", "words|frame "},
		{"framecat decode --framing=u16be:counts=f", "9", "words|frame "},
		{"framecat decode -f=u16be:cou", "9", "words|counts="},
		{"framecat decode -f=u16be: -o ra", "9", "words|raw "},
		{`framecat decode -f "u16be:cou`, "9", `words|u16be:counts=`},
		{`framecat decode --framing="u16be:cou`, "9", `words|u16be:counts=`},
		{`framecat decode -f 'u16be:counts=f`, "9", "words|u16be:counts=frame"},
		{`framecat decode -f delim:\\n,es`, "9", `words|\\n,esc=`},
		{`framecat decode -f "u16be":cou`, "9", "words|counts="},
		{"framecat decode -f cobs", "9", "words|cobs |cobsr "},
		{"framecat decode -f cobs", "63", "words|cobs   (zero bytes replaced by …|cobsr  (COBS/R: COBS that is of…"},
		{"framecat decode -f cobs", "37", "words|cobs |cobsr "},
		{"framecat decode -f u8:cr", "9", "words|crc="},
		{"framecat decode -f u8:crc=crc16-xm", "9", "words|crc16-xmodem |crc16-xmodem-be |crc16-xmodem-le "},
		{"framecat decode -f u8:crc=xor8,crc-", "9", "words|xor8,crc-from=|xor8,crc-counted="},
		{"framecat decode -f u8:crc=xor8,crc-counted=", "9", "words|yes |no "},
		{"framecat decode x", "9", "files"},
		{"framecat decode -o dir:x", "9", "dirs"},
		{"framecat decode -n ", "9", "words"},
		{"framecat", "9", ""},
		{"", "9", ""},
	}
	for _, r := range rows {
		got := strings.ReplaceAll(strings.TrimSuffix(sample.bashAnswer(r.line, breaks, r.kind, "34"), "\n"), "\n", "|")
		if got != r.want {
			t.Errorf("%s (type %s): %q, want %q", r.line, r.kind, got, r.want)
		}
	}
}

// What zsh and fish get for words.
func TestWordsAnswer(t *testing.T) {
	for _, row := range []struct{ words, want string }{
		{"dec", "words: decode"},
		{"help dec", "words: decode"},
		{"help cob", "words: cobs cobsr"},
		{"help d", "words: decode delim: dle dap diameter dicom dns docker dbus dcerpc dlt dnp3 doip drda"},
		{"help u16be:off", "words:u16be: offset="},
		{"--he", "words: --help"},
		{"nosuch x", "words:"},
		{"decode --on", "words: --on-error"},
		{"decode --on-error s", "words: stop skip"},
		{"decode --on-error=sk", "words:--on-error= skip"},
		{"decode -q --on-error skip --on-error s", "words: stop skip"},
		{"decode -n ", "words:"},
		{"decode -qf cob", "words: cobs cobsr"},
		{"decode -fcob", "words:-f cobs cobsr"},
		{"decode x ", "files:"},
		{"decode -- -f", "files:"},
		{"decode -o dir:x", "dirs:dir:"},
		{"decode --where paylo", "words: payload= payload!~"},
		{"decode -f mqtt --where ty", "words: type="},
		{"decode --where=ty -f mqtt", "words: mqtt"},
		{"decode -f mqtt --where type=CONN", "words:type= CONNACK CONNECT"},
		{"decode -f mqtt --where type!=CONNA", "words:type!= CONNACK"},
		{"decode -f mqtt --where type=conn", "words:type= CONNACK CONNECT"},
		{"decode -f mqtt --where TYPE=connect,publ", "words:TYPE=connect, PUBLISH"},
		{"decode -f mqtt --where type=PUBACK,puba", "words:type=PUBACK,"},
		{"decode -f mqtt --where type~conna", "words:type~ CONNACK"},
		{"decode -f mqtt --where si", "words: size>"},
		{"decode -f mqtt --where TY", "words: type="},
		{"decode -f postgres --where ty", "words: type="},
		{"decode -f postgres --where type=que", "words:type= Query"},
		{"decode -f postgres --where type=exec", "words:type= Execute"}, // a client sends it
		{"decode -f postgres:role=frontend --where type=desc", "words:type= Describe"},
		{"decode -f postgres:role=backend --where type=desc", "words:type="},
		{"decode -f mqtt --where nosuch=a", "words:"},
	} {
		head, list, _ := strings.Cut(sample.Complete(append([]string{"words"}, strings.Split(row.words, " ")...)), "\n")
		got := strings.Replace(head, "\t", ":", 1)
		for line := range strings.Lines(list) {
			word, _, _ := strings.Cut(line, "\t")
			got += " " + word
		}
		if got != row.want {
			t.Errorf("%s: %q, want %q", row.words, got, row.want)
		}
	}
	for _, args := range [][]string{nil, {"words"}, {"bash", "framecat "}, {"powershell"}, {"powershell", "no base64"}, {"ksh", "x"}} {
		if got := sample.Complete(args); got != "" {
			t.Errorf("%q is answered with %q", args, got)
		}
	}
	if got := sample.Complete([]string{"bash", "framecat dec", " ", "9", "80"}); got != "words\ndecode \n" {
		t.Errorf("bash is answered with %q", got)
	}
	if got := sample.Complete([]string{"powershell", "ZnJhbWVjYXQgZGVj"}); !strings.HasPrefix(got, "words\t\ndecode\t") {
		t.Errorf("powershell is answered with %q", got)
	}
}

// HOST and PORT may be two words.
func TestCompletePort(t *testing.T) {
	p := &Program{Commands: []Command{{Name: "send", Args: []Arg{{Value: Address}, {Value: File, Optional: true, Repeat: true}}}}}
	for line, want := range map[string]string{"example.org ": "words", "tls://example.org ": "words", "example.org 4000 ": "files",
		"4000 ": "files", "example.org:4000 ": "files", "unix:/s ": "files", "exec:cat ": "files", "- ": "files"} {
		if c := p.complete(strings.Split("send "+line, " ")); c.kind != want {
			t.Errorf("send %s: %s, want %s", line, c.kind, want)
		}
	}
}

// Lines are split as a shell does, and nothing in them is evaluated.
func TestSplitLine(t *testing.T) {
	rows := []struct{ line, words string }{
		{`framecat decode a\ b "c d" 'e'f`, `framecat|decode|a b|c d|ef`},
		{`framecat decode `, `framecat|decode|`},
		{`framecat '' "`, `framecat||`},
		{"framecat $(touch `x`) $HOME ~ *", "framecat|$(touch|`x`)|$HOME|~|*"},
		{`framecat "\n\"\$x" '\n'`, `framecat|\n"$x|\n`},
		{`framecat x\`, `framecat|x\`},
	}
	for _, r := range rows {
		if got := strings.Join(splitLine(r.line, ":=", '\\').words, "|"); got != r.words {
			t.Errorf("%s: %q, want %q", r.line, got, r.words)
		}
	}
}

// PowerShell gets whole words, in quotes where it would take them apart.
func TestPowershellAnswer(t *testing.T) {
	for line, want := range map[string]string{
		"ZnJhbWVjYXQgZGVj": "decode\t", // framecat dec
		"ZnJhbWVjYXQgZGVjb2RlIC1mICd1MTZiZTpvZmZzZXQ9Mixjb3U=": "'u16be:offset=2,counts='\t", // … decode -f 'u16be:offset=2,cou
	} {
		_, got, _ := strings.Cut(sample.powershellAnswer(line), "\n")
		if !strings.HasPrefix(got, want) {
			t.Errorf("%s: %q, want %q", line, got, want)
		}
	}
}

// What completion offers after each framing's name is what Parse takes.
func TestCompletionOffersWhatParses(t *testing.T) {
	for _, k := range framing.Entries() {
		base := k.Name + ":"
		if placeholder, bare := bareArgument(&k); bare {
			if words := choices(placeholder); len(words) > 0 {
				base += words[0] + ","
			} else {
				base += "5,"
			}
		}
		for _, key := range completeSpec(base).list {
			values := []Term{{}}
			if strings.HasSuffix(key.Word, "=") {
				values = completeSpec(base + key.Word).list
				if len(values) == 0 {
					values = plain([]string{"1"})
				}
			}
			for _, v := range values {
				_, err := framing.Parse(base + key.Word + v.Word)
				if err != nil && (v.Word != "1" && v.Word != "" || strings.Contains(err.Error(), "no key") || strings.Contains(err.Error(), "twice")) {
					t.Error(err)
				}
			}
		}
	}
}
