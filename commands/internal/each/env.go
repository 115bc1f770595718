package each

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"

	"framecat/commands/internal/formats"
	"framecat/framing"
)

// longest is the longest value of a variable in bytes: systems limit what a process may be started with.
const longest = 32 << 10

// environment returns the variables that name a message: the members of its JSON record but its payload,
// and its header fields.
//
//	{"type":"frame","index":0,"offset":0,"fields":{"type":"DATA","stream":1}}
//	FRAMECAT_INDEX=0 FRAMECAT_OFFSET=0 FRAMECAT_TYPE=DATA FRAMECAT_FIELD_STREAM=1
func environment(f framing.Frame, o formats.Origin) (list []string) {
	info := formats.FrameInfo{File: o.File, Entry: o.Entry, Framing: o.Framing, Fields: formats.Describe(nil, o.Entry, o.Framing, f)}
	if o.From != nil {
		info.Tags = o.From.AppendFrameTags(o.From.AppendTags(nil), f.Offset, f.Size)
	}
	size := len(f.Payload)
	f.Payload = nil
	record := map[string]any{}
	d := json.NewDecoder(bytes.NewReader(formats.AppendFrame(nil, f, info)))
	d.UseNumber()
	d.Decode(&record) // we have written it: there can be no error
	fields, _ := record["fields"].(map[string]any)
	record["size"] = size
	for _, name := range []string{"type", "fields", "text"} {
		delete(record, name)
	}
	set := func(name string, value any) {
		if text := fmt.Sprint(value); len(text) <= longest && !strings.Contains(text, "\x00") {
			list = append(list, "FRAMECAT_"+strings.Map(letter, strings.ToUpper(name))+"="+text)
		}
	}
	for name, value := range record {
		set(name, value)
	}
	for name, value := range fields {
		if strings.Contains(taken, " "+name+" ") {
			name = "field_" + name
		}
		set(name, value)
	}
	return list
}

// taken are the names that a field cannot have, because they name something else.
const taken = " index file stream direction conn peer time t segments offset size wire silent header trailer framing "

// letter returns r if the name of a variable may have it, or else _.
func letter(r rune) rune {
	if r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' {
		return r
	}
	return '_'
}
