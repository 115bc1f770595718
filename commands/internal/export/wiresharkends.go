package export

import (
	"fmt"
	"strings"
)

// luaEnd writes the function that finds the end of a payload.
func (d *frame) luaEnd(p *printer) {
	switch {
	case d.escape != "":
		d.luaUnescape(p)
	case len(d.ends) > 1:
		var set strings.Builder
		for _, e := range d.ends {
			fmt.Fprintf(&set, `%%\x%02x`, e[0])
		}
		p.line("-- find_end returns the offsets at which the payload at offset at and its frame end, or nil.")
		p.line("local function find_end(raw, at)")
		p.line("  local first, last = raw:find(\"[%s]\", at + 1)", set.String())
		p.line("  if first then return first - 1, last end")
		p.line("end")
	default:
		p.line("-- find_end returns the offsets at which the payload at offset at and its frame end, or nil.")
		p.line("local END = %s", quoted(d.ends[0]))
		p.line("local function find_end(raw, at)")
		p.line("  local first, last = raw:find(END, at + %d, true)", d.header+1)
		p.line("  if first then return first - 1, last end")
		p.line("end")
	}
	p.line("")
}

// luaUnescape writes the functions that find the end of an escaped payload, and remove the
// escapes.
func (d *frame) luaUnescape(p *printer) {
	p.line("local END, ESCAPE = %s, %s", quoted(d.ends[0]), quoted(d.escape))
	p.WriteString(`
-- step returns the size of what is at index i: an escape and what it escapes, or one byte. It is
-- nil if raw may end inside.
local function step(raw, i)
  if raw:sub(i, i) ~= ESCAPE then return 1 end
  local rest = raw:sub(i + 1, i + #END)
  if rest == END then return 1 + #END end
  if END:sub(1, #rest) ~= rest then return 2 end
end

-- find_end returns the offsets at which the payload at offset at and its frame end, or nil.
local function find_end(raw, at)
  local i = at + 1
  while i <= #raw do
    if raw:sub(i, i + #END - 1) == END then return i - 1, i - 1 + #END end
    local size = step(raw, i)
    if not size then return nil end
    i = i + size
  end
end

local function unescape(raw)
  local parts, i = {}, 1
  while i <= #raw do
    local size = step(raw, i) or 2
    parts[#parts + 1] = size == 1 and raw:sub(i, i) or raw:sub(i + 1, i + size - 1)
    i = i + size
  end
  return table.concat(parts)
end
`)
}

// luaSearch writes the dissector of frames whose end must be found.
func (d *frame) luaSearch(p *printer) {
	p.line("function proto.dissector(tvb, pinfo, root)")
	p.line("  local raw, at = tvb:raw(), 0")
	p.line("  while at < #raw do")
	if d.magic != "" {
		p.line("    local magic = %s", quoted(d.magic))
		p.line("    local begin = raw:sub(at + 1, at + #magic)")
		p.line("    if begin ~= magic:sub(1, #begin) then")
		p.line("      root:add(proto, tvb(at)):add_proto_expert_info(malformed, %s)", quoted(fmt.Sprintf("the magic % x is missing", d.magic)))
		p.line("      return tvb:len()")
		p.line("    end")
	}
	p.line("    local body_end, frame_end = find_end(raw, at)")
	p.line("    if not body_end then")
	p.line("      pinfo.desegment_offset = at")
	p.line("      pinfo.desegment_len = DESEGMENT_ONE_MORE_SEGMENT")
	p.line("      return tvb:len()")
	p.line("    end")
	p.line("    show(tvb(at, frame_end - at):tvb(), pinfo, root, body_end - at)")
	p.line("    at = frame_end")
	p.line("  end")
	p.line("  return tvb:len()")
	p.line("end")
	p.line("")
}
