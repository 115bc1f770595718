package framing

import "testing"

func TestIRCFields(t *testing.T) {
	checkDescribe(t, "irc", []describeRow{
		{"", "NICK anna", "command=NICK target=anna"},
		{"", "PING :server", "command=PING"},
		{"", "QUIT", "command=QUIT"},
		{"", ":anna!a@host PRIVMSG #go :hello there", "prefix=anna!a@host command=PRIVMSG target=#go"},
		{"", ":irc.example 001 anna :Welcome", "prefix=irc.example command=001 target=anna"},
		{"", "@time=12:00;a=b :anna!a@host  PRIVMSG  #go :hi", "tags=time=12:00;a=b prefix=anna!a@host command=PRIVMSG target=#go"},
		{"", ":\x1b[31m X", `prefix="\x1b[31m" command=X`},
		{"", "", ""},
		{"", ":", `prefix=`},
	})
}
