package report

import (
	"strings"
	"testing"
)

func TestNearest(t *testing.T) {
	for _, r := range []struct{ typed, words, want string }{
		{"ofset", "offset header", "offset"},
		{"offest", "offset header", "offset"}, // two letters changed places
		{"OFFSET", "offset header", "offset"},
		{"netsrtin", "netstring nats", "netstring"},
		{"u32eb", "u32be u32le", "u32be"},
		{"of", "on off", "off"},
		{"no", "on off", ""}, // not its opposite
		{"of", "offset on", "offset"},
		{"http", "http2", "http2"},
		{"mongo", "mongodb mqtt", "mongodb"}, // it begins the word
		{"postgresql", "post postgres", "postgres"},
		{"mysqlclient", "dns mysql", "mysql"}, // the word begins it
		{"jsonlines", "j json", "json"},       // one letter begins too much
		{"x", "xor8", ""},
		{"", "a", ""},
		{"abc", "xyz", ""},
		{"magic", "mask max", ""},
	} {
		if got := Nearest(r.typed, strings.Fields(r.words)); got != r.want {
			t.Errorf("Nearest(%q, %s) = %q, want %q", r.typed, r.words, got, r.want)
		}
	}
}
