package report

import (
	"strings"
	"testing"
)

func TestNearest(t *testing.T) {
	for _, r := range []struct{ typed, words, want string }{
		{"ofset", "offset header", "offset"},
		{"offest", "offset header", "offset"}, // two letters are exchanged
		{"OFFSET", "offset header", "offset"},
		{"netsrtin", "netstring nats", "netstring"},
		{"u32eb", "u32be u32le", "u32be"},
		{"of", "on off", "off"},
		{"no", "on off", ""}, // never the opposite word
		{"of", "offset on", "offset"},
		{"http", "http2", "http2"},
		{"mongo", "mongodb mqtt", "mongodb"}, // a word begins with it
		{"postgresql", "post postgres", "postgres"},
		{"mysqlclient", "dns mysql", "mysql"}, // it begins with a word
		{"jsonlines", "j json", "json"},       // a word of one letter does not count
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
