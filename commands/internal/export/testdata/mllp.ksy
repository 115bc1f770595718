meta:
  id: framecat_mllp
  title: "HL7 messages: VT, message, FS CR"
  ks-version: 0.11
  endian: be
doc: |
  Written by framecat for the framing delim:\x1c\r,magic=0x0b (delim:0x1c0d,magic=0x0b)
  Source of the rule: HL7 MLLP, transport specification, release 1
  The bytes of a frame end with its delimiter.
seq:
  - id: frames
    type: frame
    repeat: eos
types:
  frame:
    seq:
      - id: header
        size: 1
        type: header
      - id: bytes
        type: u1
        repeat: until
        repeat-until: _ == 13 and bytes.size > 1 and bytes[bytes.size - 2] == 28
  header:
    seq:
      - id: magic
        contents: [0x0b]
