package framing

import (
	"strings"
	"testing"
)

func TestLDAPLengths(t *testing.T) {
	checkScan(t, []scanRow{
		{"ldap", "\x30\x00|", ""},
		{"ldap", "\x30\x03|abc", ""},
		{"ldap", "\x30\x81\x03|abc", ""},
		{"ldap", "\x30\x82\x00\x03|abc", ""},
		{"ldap", "\x30\x88\x00\x00\x00\x00\x00\x00\x00\x03|abc", ""},
		{"ldap", "\x30", "more"},
		{"ldap", "\x30\x82\x01", "more"},
		{"ldap", "\x31", "bad-magic@0"},
		{"ldap", "GET / HTTP/1.1\r\n", "bad-magic@0"},
		{"ldap", "\x30\x80\x02\x01\x01\x00\x00", "bad-length@1"},
		{"ldap", "\x30\x89\x00\x00\x00\x00\x00\x00\x00\x00\x03abc", "bad-length@1"},
		{"ldap", "\x30\xfe", "bad-length@1"},
		{"ldap", "\x30\xff", "bad-length@1"},
		{"ldap", "\x30\x88\x80\x00\x00\x00\x00\x00\x00\x00", "length-too-large@1"},
		{"ldap", "\x30\x88\x7f\xff\xff\xff\xff\xff\xff\xff", "length-too-large@1"},
		{"ldap", "\x30\x88\xff\xff\xff\xff\xff\xff\xff\xff", "length-too-large@1"},
		{"ldap:strict", "\x30\x81\x03abc", "length-non-minimal@1"},
		{"ldap:strict", "\x30\x82\x00\x80", "length-non-minimal@1"},
		{"ldap:strict", "\x30\x81\x80|" + strings.Repeat("x", 0x80), ""},
	})
}

// The new length has the width of the old one if it fits.
func TestLDAPWidth(t *testing.T) {
	rows := []struct{ spec, like, payload, want string }{
		{"ldap", "", "abc", "\x30\x03"},
		{"ldap", "\x30\x05", "abc", "\x30\x03"},
		{"ldap", "\x30\x84\x00\x00\x00\x05", "abc", "\x30\x84\x00\x00\x00\x03"},
		{"ldap", "\x30\x81\x05", strings.Repeat("x", 300), "\x30\x82\x01\x2c"},
		{"ldap", "\x30\x05", strings.Repeat("x", 128), "\x30\x81\x80"},
		{"ldap:strict", "\x30\x82\x01\x2c", "abc", "\x30\x03"},
	}
	for _, r := range rows {
		out, err := mustParse(t, r.spec).Append(nil, Marks{Header: []byte(r.like)}, []byte(r.payload))
		if err != nil || string(out) != r.want+r.payload {
			t.Errorf("%s like %q: %.20q, %v; want header %q", r.spec, r.like, out, err, r.want)
		}
	}
}

func TestLDAPDescribe(t *testing.T) {
	checkDescribe(t, "ldap", []describeRow{
		{"\x30\x05", "\x02\x01\x02\x42\x00", "message=2 operation=unbindRequest"},
		{"\x30\x06", "\x02\x02\x01\x00\x60\x00", "message=256 operation=bindRequest"},
		{"\x30\x05", "\x02\x01\x02\x05\x00", "message=2 operation=0x05"},
		{"\x30\x02", "\x02\x01", ""},
		{"\x30\x00", "", ""},
	})
}
