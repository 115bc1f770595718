package framing

// Rows whose first argument chooses one of several generic rules.

// parseErlang reads erlang:1, erlang:2 and erlang:4, named like the option
// {packet,N} of Erlang's sockets.
//
// Source: Erlang/OTP, inet:setopts/2.
func parseErlang(k *Entry, s *settings) (Framing, error) {
	first := s.first()
	if first == nil {
		s.fail(len(s.spec), "erlang needs the width of its length, as in erlang:4")
		return nil, nil
	}
	spec := map[string]string{"1": "u8", "2": "u16be", "4": "u32be"}[first.value]
	if spec == "" {
		s.fail(first.at, "the width is %q, expected 1, 2 or 4", first.value)
		return nil, nil
	}
	return s.preset(k, spec)
}

// parseISO8583 reads the header that a bank's host puts in front of its messages.
// There is no standard for it; these are the ones in use.
//
// Source: moov-io/iso8583, network headers.
func parseISO8583(k *Entry, s *settings) (Framing, error) {
	specs := []string{"u16be", "ascii:size=4", "bcd:size=2", "u16be:header=4,counts=payload"}
	return s.preset(k, specs[s.choice("hdr", 0, "b2", "ascii4", "bcd2", "vml")])
}
