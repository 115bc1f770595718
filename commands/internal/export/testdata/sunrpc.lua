-- A dissector for Wireshark: ONC RPC fragments (NFS): last-fragment bit, 31-bit length.
-- Written by framecat for the framing sunrpc (u32be:mask=0x7fffffff,prefix=0x80)
-- Source of the rule: RFC 5531 section 11
--
-- Load this file with -X lua_script:FILE, or put it into the folder of Wireshark's personal Lua
-- plugins. Then set the port, in one of these ways:
--   for one run:  -d tcp.port==4000,framecat_sunrpc  (in Wireshark: Analyze, Decode As)
--   for good:     the preference framecat_sunrpc.port  (on the command line: -o framecat_sunrpc.port:4000)
--   in this file: PORT, below
-- To load two dissectors of the same framing, give one of them another NAME.

local NAME = "framecat_sunrpc" -- of the protocol: lower case letters, digits and underscores
local PORT = 0 -- the TCP port; 0 is none
local PAYLOAD = "data" -- the dissector of payloads, such as "json"; not one that looks for frames itself

local proto = Proto(NAME, "ONC RPC fragments (NFS): last-fragment bit, 31-bit length (" .. NAME .. ")")
local malformed = ProtoExpert.new(NAME .. ".malformed", "Malformed frame", expert.group.MALFORMED, expert.severity.ERROR)
proto.experts = {malformed}

local names = {
  ["last"] = {
    [0] = "no",
    [1] = "yes",
  },
}
local fields = {
  ["length"] = ProtoField.uint32(NAME .. ".length", "length", base.DEC),
  ["last"] = ProtoField.uint8(NAME .. ".last", "last", base.DEC_HEX, names["last"], 0x80),
  ["size"] = ProtoField.uint32(NAME .. ".size", "payload size", base.DEC),
  ["payload"] = ProtoField.bytes(NAME .. ".payload", "payload"),
}
proto.fields = fields

-- number returns the bits of a range that the mask has, not shifted.
local function number(range, little, mask)
  local value = little and range:le_uint64() or range:uint64()
  return value:band(mask):tonumber()
end

-- measure returns the size of the frame at offset at and the value of its length field, or nil
-- and what is wrong with its header.
local function measure(tvb, at)
  local length = number(tvb(at, 4), false, UInt64.new(0x7fffffff, 0x0))
  local size = length + 4
  if size > 2147483647 then return nil, "the length " .. length .. " is too large" end
  return size, length
end

-- show adds a whole frame to the tree.
local function show(tvb, pinfo, root)
  local tree = root:add(proto, tvb())
  local size, length = measure(tvb, 0)
  if not size then
    tree:add_proto_expert_info(malformed, length)
    return tvb:len()
  end
  tree:add(fields.length, tvb(0, 4), length)
  tree:add(fields["last"], tvb(0, 1))
  local body_size = tvb:len() - 4
  tree:add(fields.size, body_size):set_generated()
  if body_size > 0 then
    local body = tvb(4, body_size)
    tree:add(fields.payload, body)
    Dissector.get(PAYLOAD):call(body:tvb(), pinfo, root)
  end
  pinfo.cols.protocol = NAME:upper()
  return tvb:len()
end

function proto.dissector(tvb, pinfo, root)
  dissect_tcp_pdus(tvb, root, 4, function(tvb, _, at)
    return measure(tvb, at) or tvb:len() - at -- after a fault, no frame can be found
  end, show)
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
