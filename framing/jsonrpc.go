package framing

import (
	"bytes"
	"encoding/json"
)

// jsonRPC is JSON-RPC messages, one per line, as MCP and ACP write them to standard output. A line
// that is no message, such as what a program prints there by mistake, makes only itself
// malformed.
//
//	{"jsonrpc":"2.0","id":1,"method":"ping"} | 0A
//
// Source: Model Context Protocol 2025-06-18, Transports, stdio; JSON-RPC 2.0.
type jsonRPC struct{ lines delim }

// rpcMember is in each message. Inside a string its quotes would be escaped.
const rpcMember = `"jsonrpc"`

func (j *jsonRPC) String() string { return "mcp" }

func (j *jsonRPC) Scan(b []byte, c *Cursor) (Extent, error) {
	if len(b) > 0 && b[0] != '{' && b[0] != '[' && !isBlank(b[0]) { // an empty line is only itself malformed
		return Extent{}, malformed(BadMagic, 0, "found %q, expected { or [", b[:1])
	}
	return j.lines.Scan(b, c)
}

func (j *jsonRPC) Unescape(dst, _, body, _ []byte) ([]byte, error) {
	if fault := rpcFault(body); fault != "" {
		return dst, malformed(badJSON, 0, "the line is %s", fault)
	}
	return append(dst, body...), nil
}

func (j *jsonRPC) MinPayload(body int64) int64 { return body }

func (j *jsonRPC) Append(dst []byte, like Marks, payload []byte) ([]byte, error) {
	if fault := rpcFault(payload); fault != "" {
		return dst, payloadError("the payload is %s", fault)
	}
	if _, err := j.Scan(payload, new(Cursor)); err != nil && err != ErrMore {
		return dst, payloadError("the payload does not begin with { or [")
	}
	return j.lines.Append(dst, like, payload)
}

func (j *jsonRPC) Sync(b []byte) (int, bool) { return j.lines.Sync(b) }

// rpcFault returns what a text is in place of a message, or a batch of them; "" if it is one.
func rpcFault(text []byte) string {
	switch {
	case !json.Valid(text):
		return "not valid JSON"
	case !bytes.Contains(text, []byte(rpcMember)):
		return "JSON, but no JSON-RPC message: it has no " + rpcMember
	}
	return ""
}

func parseJSONRPC(_ *Entry, _ *settings) (Framing, error) {
	return &jsonRPC{delim{mark: "\n", needle: []byte{lf}}}, nil
}
