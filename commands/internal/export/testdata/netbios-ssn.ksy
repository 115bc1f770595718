meta:
  id: framecat_netbios_ssn
  title: "NetBIOS session packets, which carry SMB on port 139"
  ks-version: 0.11
  endian: be
doc: |
  Written by framecat for the framing netbios-ssn (u24be:offset=1,mask=0x1ffff)
  Source of the rule: RFC 1002 section 4.3
seq:
  - id: frames
    type: frame
    repeat: eos
types:
  frame:
    seq:
      - id: header
        size: 4
        type: header
      - id: payload
        size: header.length
  header:
    seq:
      - id: type
        type: u1
        enum: type
        valid:
          in-enum: true
      - id: bits_1
        size: 3
    instances:
      bits_of_reserved_flags:
        pos: 1
        type: u1
      reserved_flags:
        value: (bits_of_reserved_flags / 2) % 128
        enum: reserved_flags
      bits_of_length:
        pos: 1
        type: b24be
      length:
        value: bits_of_length % 131072
enums:
  type:
    0:
      id: session_message
      doc: "session message"
    129:
      id: session_request
      doc: "session request"
    130:
      id: positive_response
      doc: "positive response"
    131:
      id: negative_response
      doc: "negative response"
    132:
      id: retarget_response
      doc: "retarget response"
    133:
      id: keepalive
      doc: "keepalive"
  reserved_flags:
    0:
      id: none_value
      doc: "none"
