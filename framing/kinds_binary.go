package framing

// binaryProtocols are protocols whose frames need code of their own: a length in
// more than one form, two lengths, openings of another shape. They stand in the
// order of the alphabet.
var binaryProtocols = []Kind{
	{Name: "ldap", Usage: "ldap[:strict]", Summary: "LDAP messages: BER with a definite length", Layout: "30 length | payload",
		Keys:   []Key{{"strict", "refuse lengths longer than needed"}},
		Counts: "the payload", Default: "the shortest length",
		Source: "RFC 4511 section 5.1; X.690 section 8.1.3", parse: parseLDAP,
		Examples: []Example{
			{"ldap", "\x02\x01\x02\x42\x00", "\x30\x05|\x02\x01\x02\x42\x00"},
			{"ldap:strict", "\x02\x01\x02\x42\x00", "\x30\x05|\x02\x01\x02\x42\x00"},
		}},
}
