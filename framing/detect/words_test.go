package detect

import (
	"fmt"
	"strings"
	"testing"
)

// Protocols of text have names only where their words, or their checksums, show them.
func TestDetectWords(t *testing.T) {
	sentence := func(body string) string {
		sum := byte(0)
		for i := range len(body) {
			sum ^= body[i]
		}
		return fmt.Sprintf("$%s*%02X\r\n", body, sum)
	}
	gps := sentence("GPGGA,092750.000,5321.6802,N,00630.3372,W,1,8,1.03,61.7,M,55.2,M,,") + sentence("GPGSA,A,3,10,07,05,02,29,04,08,13,,,,,1.72,1.03,1.38") +
		sentence("GPGSV,3,1,11,10,63,137,17,07,61,098,15,05,59,290,20,08,54,157,30") + sentence("GPRMC,092750.000,A,5321.6802,N,00630.3372,W,0.02,31.66,280511,,,A") +
		sentence("GPGGA,092751.000,5321.6802,N,00630.3371,W,1,8,1.03,61.7,M,55.3,M,,") + sentence("GPRMC,092751.000,A,5321.6802,N,00630.3371,W,0.06,31.66,280511,,,A")
	for _, row := range []struct{ name, spec, text string }{
		{"NMEA", "nmea", gps},
		{"NMEA with LF", "nmea", strings.ReplaceAll(gps, "\r", "")},
		{"NMEA without checksums", "crlf", strings.NewReplacer("*", "+", "$", "").Replace(gps)},
		{"events", "sse", "event: add\ndata: {\"id\":1}\nid: 1\n\nevent: add\ndata: {\"id\":22}\nid: 2\n\n: still here\n\ndata: done\n\n"},
		{"data", "sse", "data: {\"choices\":[{\"delta\":{\"content\":\"Hello\"}}]}\n\ndata: {\"choices\":[{\"delta\":{\"content\":\" world\"}}]}\n\ndata: [DONE]\n\n"},
		{"events with CRLF", "sse", "event: ping\r\ndata: 1\r\n\r\nevent: ping\r\ndata: 2\r\n\r\nevent: pong\r\ndata: 3\r\n\r\n"},
		{"YAML", "", "id: 5\nname: a\ndata: b\nother: c\n\nid: 6\nname: d\ndata: e\nother: f\n\nid: 7\nname: g\nother: h\n\n"},
		{"XMPP", "xmpp", "<?xml version='1.0'?><stream:stream to='example.com' xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' version='1.0'><iq type='get' id='1'><query xmlns='jabber:iq:roster'/></iq><presence/>"},
		{"XML", "", "<?xml version='1.0'?>\n<note>\n<to>Tove</to>\n<from>Jani</from>\n<heading>Reminder</heading>\n<body>Don't forget me this weekend!</body>\n</note>\n"},
		{"SVG", "", "<svg width='10'><g><path d='M0 0'/></g></svg>\n<svg width='20'><g><path d='M1 1'/></g></svg>\n"},
	} {
		got := sure([]byte(row.text), true)
		spec := append(got, Candidate{})[0].Spec
		if spec != row.spec && !(row.spec == "" && (spec == "lines" || spec == "crlf")) {
			t.Errorf("%s: %q, want %q: %s", row.name, spec, row.spec, show(Detect([]byte(row.text), true)))
		}
	}
}
