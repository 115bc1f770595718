package framing

import (
	"slices"
	"strings"
	"testing"
)

// A name that people use for a framing is read as its row, and printed as that row is.
func TestAliases(t *testing.T) {
	for _, row := range []struct{ spec, same string }{
		{"jsonl", "ndjson"}, {"jsonlines", "ndjson"}, {"acp", "acp"}, {"bsp", "bsp"}, {"json", "json-stream"}, {"cbor", "cbor-seq"},
		{"leb128", "varint"}, {"leb128:max=5,strict", "varint:max=5,strict"}, {"rabbitmq", "amqp"},
		{"redis", "resp"}, {"redis:inline", "resp:inline"}, {"pg:role=frontend", "postgres:role=frontend"}, {"ws", "websocket"}, {"zmq", "zmtp"},

		{"be8", "u8"}, {"be16", "u16be"}, {"be24", "u24be"}, {"be32", "u32be"}, {"be64", "u64be"},
		{"le8", "u8"}, {"le16", "u16le"}, {"le24", "u24le"}, {"le32", "u32le"}, {"le64", "u64le"},
		{"uint8", "u8"}, {"uint16_be", "u16be"}, {"uint16be", "u16be"}, {"uint32_be", "u32be"}, {"uint32le", "u32le"}, {"uint64-le", "u64le"},
		{"u16_be", "u16be"}, {"u32-le", "u32le"}, {"u8be", "u8"}, {"uint8_t", "u8"}, {"UINT32_LE", "u32le"},
		{"be32:offset=2,counts=frame", "u32be:offset=2,counts=frame"}, {"uint16_be:crc=crc32", "u16be:crc=crc32"},

		{"U32BE", "u32be"}, {"MQTT", "mqtt"}, {"Kafka", "kafka"}, {"DELIM:;", "delim:;"},

		// Without a byte order, with a sign, or of another size it is no name.
		{"u16", ""}, {"uint32", ""}, {"uint32_t", ""}, {"int32", ""}, {"int32_be", ""}, {"i32be", ""}, {"be", ""}, {"le", ""}, {"be48", ""}, {"u128be", ""},
		{"uint", ""}, {"u", ""}, {"8", ""}, {"32be", ""}, {"beu32", ""}, {"jsonrpc", ""}, {"http1", "http"}, {"HTTP/1.1", "http"}, {"", ""},
	} {
		f, err := Parse(row.spec)
		if row.same == "" {
			if err == nil {
				t.Errorf("%s is read as %s", row.spec, f)
			}
			continue
		}
		want, wrong := Parse(row.same)
		if err != nil || wrong != nil || f.String() != want.String() || Lookup(row.spec) != Lookup(row.same) {
			t.Errorf("%s is %v, %v; want %v", row.spec, f, err, want)
		}
	}
}

// An alias is in lower case, and names one row.
func TestAliasesAreUnique(t *testing.T) {
	seen := entryNames()
	for _, k := range Entries() {
		for _, a := range k.traits.Aliases {
			if slices.Contains(seen, a) || a != strings.ToLower(a) || numberName(a) != "" {
				t.Errorf("%s of %s is another name too, or not in lower case", a, k.Name)
			}
			seen = append(seen, a)
		}
	}
}

// A Framing of another package does not belong to a row because its name is an alias.
func TestAliasOfAnother(t *testing.T) {
	if e := EntryOf(stranger{}); e != nil {
		t.Errorf("a Framing called %s belongs to the row %s", stranger{}, e.Name)
	}
}

type stranger struct{ Framing }

func (stranger) String() string { return "redis" }
