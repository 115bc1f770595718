package framing

import (
	"strings"
	"testing"
)

func TestXMPP(t *testing.T) {
	checkScan(t, []scanRow{
		{"xmpp", "|<a/>", ""},
		{"xmpp", "|<a></a>", ""},
		{"xmpp", "|<iq a='>' b=\"/>'\"><b/><c><b></b></c></iq>", ""},
		{"xmpp", "|<a><b/ ></a>", "bad-header@6"},
		{"xmpp", "|<a><![CDATA[</a>]]</a>]]></a>", ""},
		{"xmpp", "|<a><![CDATA[<!]]]></a>", ""},
		{"xmpp", "|<é:b>x</é:b>", ""},
		{"xmpp", "|<stream:features><a/></stream:features>", ""},
		{"xmpp", "|<streams/>", ""},
		{"xmpp", " \r\n\t|<a/>", "4~0|4|0"},
		{"xmpp", "<?xml version='1.0'?>", "21|0|0 silent"},
		{"xmpp", "<stream:stream to='a>b'>", "24|0|0 silent"},
		{"xmpp", "<stream>", "8|0|0 silent"},
		{"xmpp", "</stream:stream>", "16|0|0 silent"},
		{"xmpp", "</a>", "bad-header@0"},
		{"xmpp", "hello", "bad-magic@0"},
		{"xmpp", "<!-- a -->", "bad-header@0"},
		{"xmpp", "<a><!-- a -->", "bad-header@3"},
		{"xmpp", "<a><![CDATX", "bad-header@3"},
		{"xmpp", "<!DOCTYPE html>", "bad-header@0"},
		{"xmpp", "<a><?php", "bad-header@3"},
		{"xmpp", "<?php", "bad-header@0"},
		{"xmpp", "<a b='<'/>", "bad-header@6"},
		{"xmpp", "<a <b>", "bad-header@3"},
		{"xmpp", "<a><>", "bad-header@3"},
		{"xmpp", "<a></a/>", "bad-header@6"},
		{"xmpp", "<1/>", "bad-header@0"},
		{"xmpp", "<stream a='" + strings.Repeat("x", maxHeader), "header-too-large@0"},
		{"xmpp", "<?xml " + strings.Repeat("x", xmlName), "header-too-large@0"},
		{"xmpp", "<" + strings.Repeat("x", xmlName), "bad-header@0"},
		{"xmpp", "<a><b>", "more"},
		{"xmpp", "<a b=\"'>", "more"},
	})
	checkDescribe(t, "xmpp", []describeRow{
		{"", "<iq type='get' id = \"1\" to='a@b/c'><x id='2'/></iq>", "element=iq type=get id=1 to=a@b/c"},
		{"<stream:stream from='a' version='1.0'>", "", "element=stream:stream from=a"},
		{"", "<a/>", "element=a"},
		{"", "<a type='</a>", "element=a"},
	})
}
