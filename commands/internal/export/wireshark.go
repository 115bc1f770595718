package export

import (
	"fmt"
	"strings"
)

// wireshark returns a dissector in Lua. Frames with a length or a size are found by
// dissect_tcp_pdus; those that end in a mark by a loop that asks for one more segment.
func wireshark(d *frame) string {
	p := new(printer)
	d.luaHead(p)
	d.luaFields(p)
	switch {
	case d.length != nil:
		d.luaNumber(p)
		d.luaLength(p)
	case d.fixed > 0:
		d.luaFixed(p)
	default:
		d.luaEnd(p)
	}
	d.luaShow(p)
	if len(d.ends) > 0 {
		d.luaSearch(p)
	} else {
		p.line("function proto.dissector(tvb, pinfo, root)")
		p.line("  dissect_tcp_pdus(tvb, root, %d, function(tvb, _, at)", max(1, d.header))
		p.line("    return measure(tvb, at) or tvb:len() - at -- after a fault, no frame can be found")
		p.line("  end, show)")
		p.line("  return tvb:len()")
		p.line("end")
		p.line("")
	}
	p.WriteString(luaPort)
	return p.String()
}

func (d *frame) luaHead(p *printer) {
	name := "framecat_" + d.name
	p.line("-- A dissector for Wireshark: %s.", plain(d.summary))
	p.line("-- Written by framecat for the framing %s", plain(d.spec))
	p.line("-- Source of the rule: %s", plain(d.source))
	p.line("--")
	p.line("-- Load this file with -X lua_script:FILE, or put it into the folder of Wireshark's personal Lua")
	p.line("-- plugins. Then set the port, in one of these ways:")
	p.line("--   for one run:  -d tcp.port==4000,%s  (in Wireshark: Analyze, Decode As)", name)
	p.line("--   for good:     the preference %s.port  (on the command line: -o %s.port:4000)", name, name)
	p.line("--   in this file: PORT, below")
	p.line("-- To load two dissectors of the same framing, give one of them another NAME.")
	if d.checksum != "" {
		p.line("-- The checksum (%s) is shown, but not checked.", plain(d.checksum))
	}
	p.line("")
	p.line(`local NAME = %s -- of the protocol: lower case letters, digits and underscores`, quoted(name))
	p.line(`local PORT = 0 -- the TCP port; 0 is none`)
	p.line(`local PAYLOAD = "data" -- the dissector of payloads, such as "json"; not one that looks for frames itself`)
	p.line("")
	p.line(`local proto = Proto(NAME, %s .. NAME .. ")")`, quoted(d.summary+" ("))
	p.line("local malformed = ProtoExpert.new(NAME .. \".malformed\", \"Malformed frame\", expert.group.MALFORMED, expert.severity.ERROR)")
	p.line("proto.experts = {malformed}")
	p.line("")
}

// luaFields declares the fields and the names of their values.
func (d *frame) luaFields(p *printer) {
	p.line("local names = {")
	for i := range d.fields {
		f := &d.fields[i]
		if len(f.names) == 0 {
			continue
		}
		p.line("  [%s] = {", quoted(f.id))
		for _, n := range f.names {
			p.line("    [%d] = %s,", n.value, quoted(n.name))
		}
		p.line("  },")
	}
	p.line("}")
	p.line("local fields = {")
	declare := func(id, kind, title, rest string) {
		p.line("  [%s] = ProtoField.%s(NAME .. %s, %s%s),", quoted(id), kind, quoted("."+id), quoted(title), rest)
	}
	if l := d.length; l != nil {
		declare("length", "uint32", "length", ", base.DEC")
	}
	if d.magic != "" {
		declare("magic", "bytes", "magic", "")
	}
	for i := range d.fields {
		f := &d.fields[i]
		kind, rest := "bytes", ""
		if f.size <= 8 {
			kind, rest = luaType(f.size), ", base.DEC_HEX"
			switch {
			case len(f.names) > 0:
				rest += fmt.Sprintf(", names[%s]", quoted(f.id))
			case !f.whole():
				rest += ", nil"
			}
			if !f.whole() {
				rest += fmt.Sprintf(", %#x", f.mask)
			}
		}
		declare(f.id, kind, f.title, rest)
	}
	declare("size", "uint32", "payload size", ", base.DEC")
	declare("payload", "bytes", "payload", "")
	if d.sum > 0 && d.escape == "" {
		declare("checksum", luaType(d.sum), "checksum", ", base.HEX")
	}
	if d.trailer != "" || len(d.ends) > 0 {
		declare("trailer", "bytes", "trailer", "")
	}
	p.line("}")
	p.line("proto.fields = fields")
	p.line("")
}

// luaType is the type of a field for numbers of size bytes.
func luaType(size int) string {
	if size > 4 {
		return "uint64"
	}
	return fmt.Sprintf("uint%d", 8*size)
}

// luaNumber writes the function that reads the bits of a field.
func (d *frame) luaNumber(p *printer) {
	used := d.length.digits == ""
	for i := range d.fields {
		used = used || d.fields[i].only
	}
	if !used {
		return
	}
	p.line("-- number returns the bits of a range that the mask has, not shifted.")
	p.line("local function number(range, little, mask)")
	p.line("  local value = little and range:le_uint64() or range:uint64()")
	p.line("  return value:band(mask):tonumber()")
	p.line("end")
	p.line("")
}

// luaCheckMagic writes the check of the magic at offset at of tvb.
func (d *frame) luaCheckMagic(p *printer, at string) {
	if d.magic != "" {
		p.line("  if tvb(%s%s, %d):bytes():tohex() ~= \"%X\" then", at, plus(d.magicAt), len(d.magic), d.magic)
		p.line("    return nil, %s", quoted(fmt.Sprintf("the magic % x is missing", d.magic)))
		p.line("  end")
	}
}

func plus(n int) string {
	if n == 0 {
		return ""
	}
	return fmt.Sprintf(" + %d", n)
}

// luaLength writes the function that computes the size of a frame.
func (d *frame) luaLength(p *printer) {
	l := d.length
	p.line("-- measure returns the size of the frame at offset at and the value of its length field, or nil")
	p.line("-- and what is wrong with its header.")
	p.line("local function measure(tvb, at)")
	d.luaCheckMagic(p, "at")
	for i := range d.fields {
		f := &d.fields[i]
		if !f.only {
			continue
		}
		p.line("  if not names[%s][number(%s, %t, %s) / %d] then", quoted(f.id), luaRange("at", f), f.little, luaMask(f.mask), uint64(1)<<f.shift())
		p.line("    return nil, %s", quoted(f.title+" has an unknown value"))
		p.line("  end")
	}
	switch l.digits {
	case "":
		if l.signed {
			top := field{at: l.at, size: 1}
			if l.little {
				top.at += l.size - 1
			}
			p.line("  if %s:uint() >= 128 then return nil, \"the length is negative\" end", luaRange("at", &top))
		}
		p.line("  local length = number(%s, %t, %s)", luaRange("at", &l.field), l.little, luaMask(l.mask))
	case "ascii":
		p.line("  local digits = %s:raw()", luaRange("at", &l.field))
	case "bcd":
		p.line("  local digits = %s:bytes():tohex()", luaRange("at", &l.field))
	}
	if l.digits != "" {
		p.line("  if not digits:find(\"^%%d+$\") then return nil, \"the length is not a number\" end")
		p.line("  local length = tonumber(digits)")
	}
	if l.bounded() {
		p.line("  if length > %d then return nil, \"the length \" .. length .. \" is over %d\" end", l.max, l.max)
	}
	if l.min > 0 {
		p.line("  if length < %d then return nil, \"the length \" .. length .. \" is under %d\" end", l.min, l.min)
	}
	p.line("  local size = %s", strings.Join(l.terms("length", 0), " "))
	if least := d.header + l.apart; l.short(least) {
		p.line("  if size < %d then return nil, \"the length \" .. length .. \" is too small for the header\" end", least)
	}
	p.line("  if size > %d then return nil, \"the length \" .. length .. \" is too large\" end", longest)
	p.line("  return size, length")
	p.line("end")
	p.line("")
}

// luaRange is the range of a field in a tvb whose frame begins at offset at.
func luaRange(at string, f *field) string {
	if at == "" {
		return fmt.Sprintf("tvb(%d, %d)", f.at, f.size)
	}
	return fmt.Sprintf("tvb(%s%s, %d)", at, plus(f.at), f.size)
}

func luaMask(mask uint64) string {
	return fmt.Sprintf("UInt64.new(%#x, %#x)", uint32(mask), mask>>32)
}

func (d *frame) luaFixed(p *printer) {
	p.line("-- measure returns the size of the frame at offset at, or nil and what is wrong with it.")
	p.line("local function measure(tvb, at)")
	d.luaCheckMagic(p, "at")
	p.line("  return %d", min(d.fixed, longest))
	p.line("end")
	p.line("")
}

// luaShow writes the function that adds one whole frame to the tree.
func (d *frame) luaShow(p *printer) {
	p.line("-- show adds a whole frame to the tree.")
	params := "tvb, pinfo, root"
	if len(d.ends) > 0 {
		params += ", body_end"
	}
	p.line("local function show(%s)", params)
	p.line("  local tree = root:add(proto, tvb())")
	body := "tvb:len()" + minus(d.tail())
	if len(d.ends) > 0 {
		body = "body_end" + minus(d.tail()) // the end mark is no part of the tail
	} else {
		p.line("  local size, %s = measure(tvb, 0)", pick(d.length != nil, "length", "fault"))
		p.line("  if not size then")
		p.line("    tree:add_proto_expert_info(malformed, %s)", pick(d.length != nil, "length", "fault"))
		p.line("    return tvb:len()")
		p.line("  end")
	}
	if l := d.length; l != nil {
		p.line("  tree:add(fields.length, %s, length)", luaRange("", &l.field))
	}
	if d.magic != "" {
		p.line("  tree:add(fields.magic, tvb(%d, %d))", d.magicAt, len(d.magic))
	}
	for i := range d.fields {
		f := &d.fields[i]
		p.line("  tree:%s(fields[%s], %s)", pick(f.little, "add_le", "add"), quoted(f.id), luaRange("", f))
	}
	p.line("  local body_size = %s%s", body, minus(d.header))
	if d.sum > 0 {
		p.line("  if body_size < 0 then")
		p.line("    tree:add_proto_expert_info(malformed, \"the payload is too short to end in a checksum\")")
		p.line("    return tvb:len()")
		p.line("  end")
	}
	p.line("  tree:add(fields.size, body_size):set_generated()")
	p.line("  if body_size > 0 then")
	p.line("    local body = tvb(%d, body_size)", d.header)
	p.line("    tree:add(fields.payload, body)")
	if d.escape != "" {
		p.line("    local payload = unescape(body:raw())")
		if d.sum > 0 {
			p.line("    payload = payload:sub(1, -%d) -- the checksum", d.sum+1)
		}
		p.line("    if #payload > 0 then")
		p.line("      Dissector.get(PAYLOAD):call(ByteArray.new(payload, true):tvb(\"payload\"), pinfo, root)")
		p.line("    end")
	} else {
		p.line("    Dissector.get(PAYLOAD):call(body:tvb(), pinfo, root)")
	}
	p.line("  end")
	after := fmt.Sprintf("%d + body_size", d.header)
	if d.sum > 0 && d.escape == "" {
		p.line("  tree:%s(fields.checksum, tvb(%s, %d))", pick(d.sumLow, "add_le", "add"), after, d.sum)
		after = fmt.Sprintf("%d + body_size", d.header+d.sum)
	}
	switch {
	case len(d.ends) > 0:
		p.line("  tree:add(fields.trailer, tvb(body_end))")
	case d.trailer != "":
		p.line("  local trailer = tvb(%s, %d)", after, len(d.trailer))
		p.line("  tree:add(fields.trailer, trailer)")
		p.line("  if trailer:bytes():tohex() ~= \"%X\" then", d.trailer)
		p.line("    tree:add_proto_expert_info(malformed, %s)", quoted(fmt.Sprintf("the trailer % x is missing", d.trailer)))
		p.line("  end")
	}
	p.line("  pinfo.cols.protocol = NAME:upper()")
	p.line("  return tvb:len()")
	p.line("end")
	p.line("")
}

func minus(n int) string {
	if n == 0 {
		return ""
	}
	return fmt.Sprintf(" - %d", n)
}

func pick(first bool, a, b string) string {
	if first {
		return a
	}
	return b
}

const luaPort = `proto.prefs.port = Pref.uint("TCP port", PORT, "Streams of this TCP port are read with this framing; 0 is none")
local tcp = DissectorTable.get("tcp.port")
tcp:add_for_decode_as(proto)
local port = 0
local function listen(to)
  if port > 0 then tcp:remove(port, proto) end
  port = to
  if port > 0 then tcp:add(port, proto) end
end
function proto.prefs_changed() listen(proto.prefs.port) end
listen(PORT)
`
