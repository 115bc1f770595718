package manual

import (
	"slices"
	"strconv"
	"strings"

	"framecat/commands/internal/report"
)

// Framecat in one line, its command line, and in a paragraph.
const (
	summary = "knows where messages end: netcat, xxd and cat for framed byte streams"
	usage   = "framecat COMMAND [flags] [ARGUMENT...]"
	about   = "TCP delivers a stream of bytes, not messages. A framing marks where each message ends: " +
		"by a length before it, a delimiter after it, or a fixed size. framecat puts messages into " +
		"frames, takes them out again, and shows where the frames in a stream are."
	helpSummary = "explain framecat, a command or a framing"
)

// Grammar is how a SPEC is written.
var Grammar = Section{Title: string(Spec), Terms: []Term{
	{"SPEC", "NAME or NAME:ARG,ARG…"},
	{"SPEC/SPEC", "a framing in or after another: http2/grpc, proxy/http"},
	{"ARG", "KEY=VALUE or WORD"},
	{"VALUE", `text with escapes \n \r \t \0 \e \\ \, \xHH; bytes also as 0x and hex`},
	{"as in", "u32le:magic=0xaa55,offset=2,counts=itself,crc=crc16-modbus"},
}}

// values explain the placeholders for the values of flags and for arguments.
var values = []Term{
	{string(Spec), "a framing: NAME or NAME:ARG,ARG…, such as u16be:offset=2"},
	{string(Format), "lines, raw, hex, base64, escaped, json, a SPEC, or dir:DIR (only -o)"},
	{string(Address), "HOST:PORT, PORT on this machine, unix:PATH, exec:COMMAND, fd:N, - or tls://HOST:PORT"},
	{string(Test), "such as NAME=VALUE, payload~TEXT, size>N or index=N"},
	{string(Size), "a number of bytes: 4096, 0x1000, 64KiB or 16M (16 MiB)"},
	{string(Duration), "a time: 250ms, 1m30s, or a number of seconds"},
}

// environment are the variables that framecat reads.
var environment = []Term{
	{"FRAMECAT_FRAMING", "the SPEC of commands without -f"},
	{"NO_COLOR", "turns colours off if not empty; --color overrides it"},
	{"CLICOLOR_FORCE", "turns colours on in pipes and files, unless empty or 0"},
	{"LISTEN_FDS", "the number of sockets that systemd passes, from fd:3 on"},
	{"LISTEN_PID", "the process that LISTEN_FDS is for"},
	{"GITHUB_ACTIONS", "turns on annotations of probe if it is true"},
	{"GITHUB_STEP_SUMMARY", "then gets a summary of probe, in Markdown"},
	{"TERM", "turns colours and the progress line off if it is dumb"},
}

// A status is exit statuses with one meaning.
type status struct {
	codes []int
	text  string
}

// statuses are all exit statuses. A command names those it has.
var statuses = []status{
	{[]int{report.StatusOK}, "success"},
	{[]int{report.StatusIO}, "reading, writing, decompressing or the network failed"},
	{[]int{report.StatusUsage}, "the command line is wrong"},
	{[]int{report.StatusMalformed}, "malformed or too long frame, unreadable input; why: unexplained"},
	{[]int{report.StatusTruncated}, "the stream ends inside a frame"},
	{[]int{report.StatusPayload}, "a message does not fit the framing or the output format"},
	{[]int{report.StatusUnmet}, "probe: a fault; diff, --replay: a difference; --expect: too few"},
	{[]int{report.StatusUnsure}, "probe found no fault, but could not judge all cases"},
	{[]int{report.StatusTimeout}, "--timeout ended the command, or --max-time"},
	{[]int{report.StatusNotRun, report.StatusNotFound}, "COMMAND cannot be run, or was not found"},
	{[]int{report.StatusSignal + 1, report.StatusSignal + 2, report.StatusSignal + 15}, "ended by SIGHUP, SIGINT or SIGTERM; listen, tap: by a second"},
	{[]int{report.StatusSignal + 13}, "ended by SIGPIPE: nobody reads standard output any more"},
}

// statusTerms are the statuses of which wanted has a code, or all if it is nil.
func statusTerms(wanted []int) (terms []Term) {
	for _, s := range statuses {
		if wanted != nil && !slices.ContainsFunc(s.codes, func(code int) bool { return slices.Contains(wanted, code) }) {
			continue
		}
		var words []string
		for _, code := range s.codes {
			words = append(words, strconv.Itoa(code))
		}
		terms = append(terms, Term{strings.Join(words, ", "), s.text})
	}
	return terms
}
