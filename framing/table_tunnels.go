package framing

// tunnelProtocols are protocols that open a stream which goes on with another framing. The rows are in
// alphabetical order.
var tunnelProtocols = []Entry{
	{Name: "proxy", group: "network", Usage: "proxy[:v2,source=ADDRESS,destination=ADDRESS,role=client|server][/SPEC]", Summary: "the PROXY header of a load balancer, before frames of SPEC", layout: "[PROXY_header] | frames of SPEC",
		opens: true, roles: ends{"client", "server"}, variable: []string{"proxy", "protocol", "source", "source port", "destination", "destination port", "alpn", "authority", "tls"}, numeric: []string{"source port", "destination port"},
		keys: []key{{"v2", "write the binary header of version 2"}, {"source=ADDRESS", "the client in the header that is written, such as 192.0.2.1:5000"}, {"destination=ADDRESS", "the address that the client connected to"},
			{"role=client|server", "client: the stream must begin with a header; server: it has none"}},
		limits: "107 bytes in version 1; without SPEC what follows is one message, which ends with the stream", header: "that of SPEC; PROXY UNKNOWN before the first message, or LOCAL in version 2",
		traits: traits{Family: true, Text: true, Delimited: true, Aliases: []string{"proxy-protocol", "haproxy"}}, Source: "HAProxy, The PROXY protocol, versions 1 and 2", parse: parseProxy,
		examples: []example{{"proxy/netstring", "hello", "5:|hello|,"}}},
	{Name: "socks5", group: "network", Usage: "socks5[:role=client|server][/SPEC]", Summary: "a SOCKS5 handshake, before frames of SPEC", layout: "[handshake] | frames of SPEC",
		opens: true, roles: ends{"client", "server"}, variable: []string{"message", "methods", "user", "command", "reply", "address", "port"}, numeric: []string{"port"},
		keys:   []key{{"role=client|server", "who sends the stream; without it, the second byte shows that, and there may be no handshake"}},
		limits: "without SPEC what follows the handshake is one message, which ends with the stream; the methods none and password; after BIND the second reply is read as what follows", header: "that of SPEC; no handshake is written",
		traits: traits{Ports: []uint16{1080}, Family: true, Text: true, Delimited: true, Aliases: []string{"socks", "socks5h"}, Handshake: "a handshake of SOCKS5"}, Source: "RFC 1928 sections 3 to 6; RFC 1929", parse: parseSOCKS5,
		examples: []example{{"socks5/netstring", "hello", "5:|hello|,"}}},
}
