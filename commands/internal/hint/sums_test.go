package hint

import (
	"math/rand/v2"
	"strings"
	"testing"

	"framecat/commands/internal/peers"
	"framecat/framing"
)

// A stream whose checksum is of another kind, covers other bytes or is counted in another way.
func TestOtherSums(t *testing.T) {
	const job = "u32le:offset=2,counts=itself,magic=0xaa55,crc=crc16-modbus,crc-counted=no"
	for _, row := range []struct{ written, read, want string }{
		{job, strings.Replace(job, "modbus", "arc", 1), "another checksum would fit: try -f " + job},
		{job, strings.Replace(job, "modbus", "modbus-be", 1), "another checksum would fit: try -f " + job},
		{job, strings.Replace(job, "modbus", "xmodem", 1), "another checksum would fit: try -f " + job},
		{job, strings.TrimSuffix(job, ",crc-counted=no"), "it would fit if the length did not count the checksum: try -f " + job},
		{strings.TrimSuffix(job, ",crc-counted=no"), job, "it would fit if the length counted the checksum: try -f " + strings.TrimSuffix(job, ",crc-counted=no")},
		{job + ",crc-from=0", job, "the checksum would fit if it covered other bytes: try -f " + strings.Replace(job, ",crc-c", ",crc-from=0,crc-c", 1)},
		{job, job + ",crc-from=0", "the checksum would fit if it covered other bytes: try -f " + job},
		{job + ",crc-from=2", job, "the checksum would fit if it covered other bytes: try -f " + strings.Replace(job, ",crc-c", ",crc-from=2,crc-c", 1)},
		{job + ",crc-from=2", strings.Replace(job, "modbus", "arc", 1) + ",crc-from=0", "another checksum would fit: try -f " + strings.Replace(job, ",crc-c", ",crc-from=2,crc-c", 1)},
		{job, strings.TrimSuffix(job, ",crc=crc16-modbus,crc-counted=no"), "a checksum follows each frame: try -f " + job},
		{"u16be:crc=crc32,crc-from=0,crc-counted=no", "u16be", "a checksum follows each frame: try -f u16be:crc=crc32,crc-from=0,crc-counted=no"},
		{"u16be:crc=crc16-x25", "u16be:crc=crc16-ccitt", "another checksum would fit: try -f u16be:crc=crc16-x25"},
		{"slip:crc=crc16-kermit", "slip:crc=crc16-arc", "another checksum would fit: try -f slip:crc=crc16-kermit"},
		{"cobs:crc=crc32", "cobs:crc=crc32c", "another checksum would fit: try -f cobs:crc=crc32"},
		{"delim:;,magic=$,crc=xor8,crc-from=0", "delim:;,magic=$,crc=xor8", "the checksum would fit if it covered other bytes: try -f delim:;,magic=$,crc=xor8,crc-from=0"},
		{"u16be:offset=2,counts=itself,magic=0xaa55", "u16be:offset=2,magic=0xaa55", "it would fit if the length counted itself: try -f u16be:offset=2,counts=itself,magic=0xaa55"},
		{job, strings.Replace(job, "counts=itself,", "", 1), "it would fit if the length counted itself: try -f " + job},
		{"u16be:crc=crc32", "u16be:counts=frame,crc=crc32", "it would fit if the length did not count the header: try -f u16be:crc=crc32"},
		{"u16be:crc=crc32", "u16le:crc=crc32", "the length is plausible in the other byte order: try -f u16be:crc=crc32"},
		{job, "u32le:offset=2,magic=0xaa55", "it would fit if the length counted itself, and a checksum followed each frame: try -f " + job},
		{"u16be:offset=2,header=6,magic=0xaa55", "u16be:offset=4,magic=AA55", "magic=AA55 is text; for the bytes aa 55 write magic=0xaa55: try -f u16be:offset=4,magic=0xaa55"},
		{`delim:\r\n,magic=0xaa55`, `delim:\r\n,magic=aa55`, "magic=aa55 is text; for the bytes aa 55 write magic=0xaa55: try -f delim:\\r\\n,magic=0xaa55"},
		{"u16be:offset=4,magic=BB55", "u16be:offset=4,magic=AA55", ""},
	} {
		f := parsed(row.written)
		var wire []byte
		for _, payload := range []string{"hello", "what the frames are made of", "a third one", "bye"} {
			var err error
			if wire, err = f.Append(wire, framing.Marks{}, []byte(payload)); err != nil {
				t.Fatal(err)
			}
		}
		got := hintOf(t, row.read, string(wire))
		if row.want == "" && (strings.Contains(got, "checksum") || strings.Contains(got, "magic=0x")) || !strings.HasPrefix(got, row.want) {
			t.Errorf("%s as %s: %q, want %q", row.written, row.read, got, row.want)
		}
	}
}

// A damaged frame is not taken for one with another checksum.
func TestDamageIsNoOtherSum(t *testing.T) {
	rnd := rand.New(rand.NewPCG(3, 9))
	wrong, rounds := 0, 75
	if peers.Long() {
		rounds = 300
	}
	for range rounds {
		for _, spec := range []string{"u16be:crc=crc16-modbus", "u16be:crc=crc32,crc-from=0,crc-counted=no", "u8:crc=crc8"} {
			f := parsed(spec)
			payload := make([]byte, 8)
			for i := range payload {
				payload[i] = byte(rnd.IntN(256))
			}
			wire, _ := f.Append(nil, framing.Marks{}, payload)
			n := len(wire)
			wire, _ = f.Append(wire, framing.Marks{}, payload[:5])
			wire[3+rnd.IntN(n-3)] ^= 1 << rnd.IntN(8)
			if strings.Contains(hintOf(t, spec, string(wire)), "checksum") {
				wrong++
			}
		}
	}
	if wrong > 0 {
		t.Errorf("%d of %d damaged streams were explained by another checksum", wrong, 3*rounds)
	}
}
