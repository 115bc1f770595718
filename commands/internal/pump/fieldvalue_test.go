package pump

import (
	"math"
	"testing"

	"framecat/framing"
)

// A value of a field may be written as a name or a number. A value that the field cannot have
// is an error.
func TestFindValue(t *testing.T) {
	for _, r := range []struct {
		kind, field, typed, want string
		ok                       bool
	}{
		{"docker", "stream", "stdout", "stdout", true},
		{"docker", "stream", "0x1", "stdout", true},
		{"docker", "stream", "STDOUT", "stdout", true},
		{"docker", "stream", "9", "", false}, // it has only those with a name
		{"mqtt", "type", "3", "PUBLISH", true},
		{"mqtt", "type", "0", "0", true},
		{"mqtt", "type", "16", "", false},
		{"mqtt", "type", "", "", false},
		{"mqtt", "flags", "010", "10", true},
		{"mqtt", "flags", "-1", "", false},
		{"opcua", "type", "0x4d5347", "MSG", true},
		{"sunrpc", "last", "1", "yes", true},
		{"memcached", "cas", "0xffffffffffffffff", "18446744073709551615", true},
	} {
		text, ok := knownOf(framing.Lookup(r.kind), nil, r.field).find(r.typed)
		if ok != r.ok || ok && text != r.want {
			t.Errorf("%s of %s: %q is %q, %v; want %q, %v", r.field, r.kind, r.typed, text, ok, r.want, r.ok)
		}
	}
}

func TestMaxValue(t *testing.T) {
	for _, r := range []struct {
		kind, field string
		want        uint64
	}{
		{"mqtt", "type", 15}, {"mqtt", "flags", 15}, {"sunrpc", "last", 1}, {"docker", "reserved", 1<<24 - 1},
		{"netbios-ssn", "reserved flags", 127}, {"memcached", "cas", math.MaxUint64}, {"bgp", "marker", 0},
	} {
		if got := framing.Lookup(r.kind).Details().Most(r.field); got != r.want {
			t.Errorf("%s of %s: at most %d, want %d", r.field, r.kind, got, r.want)
		}
	}
}
