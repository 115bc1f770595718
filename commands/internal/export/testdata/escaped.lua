-- A dissector for Wireshark: payloads that end in a delimiter of your choice.
-- Written by framecat for the framing delim:\r\n,esc=\\
-- Source of the rule: bufio.Scanner; twisted LineOnlyReceiver; Netty DelimiterBasedFrameDecoder
--
-- Load this file with -X lua_script:FILE, or put it into the folder of Wireshark's personal Lua
-- plugins. Then set the port, in one of these ways:
--   for one run:  -d tcp.port==4000,framecat_delim  (in Wireshark: Analyze, Decode As)
--   for good:     the preference framecat_delim.port  (on the command line: -o framecat_delim.port:4000)
--   in this file: PORT, below
-- To load two dissectors of the same framing, give one of them another NAME.

local NAME = "framecat_delim" -- of the protocol: lower case letters, digits and underscores
local PORT = 0 -- the TCP port; 0 is none
local PAYLOAD = "data" -- the dissector of payloads, such as "json"; not one that looks for frames itself

local proto = Proto(NAME, "payloads that end in a delimiter of your choice (" .. NAME .. ")")
local malformed = ProtoExpert.new(NAME .. ".malformed", "Malformed frame", expert.group.MALFORMED, expert.severity.ERROR)
proto.experts = {malformed}

local names = {
}
local fields = {
  ["size"] = ProtoField.uint32(NAME .. ".size", "payload size", base.DEC),
  ["payload"] = ProtoField.bytes(NAME .. ".payload", "payload"),
  ["trailer"] = ProtoField.bytes(NAME .. ".trailer", "trailer"),
}
proto.fields = fields

local END, ESCAPE = "\x0d\x0a", "\\"

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

-- show adds a whole frame to the tree.
local function show(tvb, pinfo, root, body_end)
  local tree = root:add(proto, tvb())
  local body_size = body_end
  tree:add(fields.size, body_size):set_generated()
  if body_size > 0 then
    local body = tvb(0, body_size)
    tree:add(fields.payload, body)
    local payload = unescape(body:raw())
    if #payload > 0 then
      Dissector.get(PAYLOAD):call(ByteArray.new(payload, true):tvb("payload"), pinfo, root)
    end
  end
  tree:add(fields.trailer, tvb(body_end))
  pinfo.cols.protocol = NAME:upper()
  return tvb:len()
end

function proto.dissector(tvb, pinfo, root)
  local raw, at = tvb:raw(), 0
  while at < #raw do
    local body_end, frame_end = find_end(raw, at)
    if not body_end then
      pinfo.desegment_offset = at
      pinfo.desegment_len = DESEGMENT_ONE_MORE_SEGMENT
      return tvb:len()
    end
    show(tvb(at, frame_end - at):tvb(), pinfo, root, body_end - at)
    at = frame_end
  end
  return tvb:len()
end

proto.prefs.port = Pref.uint("TCP port", PORT, "Streams of this TCP port are read with this framing; 0 is none")
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
