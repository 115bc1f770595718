package export

import (
	"bytes"
	"encoding/hex"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"framecat/commands/internal/capture"
	"framecat/commands/internal/peers"
)

// tshark finds the frames and fields that framecat finds, with the dissector of each framing, in
// one capture with a connection for each stream.
func TestWireshark(t *testing.T) {
	t.Parallel()
	tshark := peers.Path(t, "tshark", "apt-get install tshark")
	const firstPort = 20000
	dir := t.TempDir()
	list := streams(t)
	var recorded bytes.Buffer
	recorder := capture.NewRecorder(&recorded, "")
	args := []string{"-n", "-r", filepath.Join(dir, "all.pcapng"), "-T", "pdml"}
	var names []string
	for i, s := range list {
		text, err := Text("wireshark", s.spec)
		if err != nil {
			t.Fatal(err)
		}
		name := fmt.Sprintf("f%d", i)
		names = append(names, name)
		before, after, _ := strings.Cut(text, "\nlocal NAME = ")
		_, after, _ = strings.Cut(after, "\n")
		script := filepath.Join(dir, name+".lua")
		if err := os.WriteFile(script, fmt.Appendf(nil, "%s\nlocal NAME = %q\n%s", before, name, after), 0o600); err != nil {
			t.Fatal(err)
		}
		args = append(args, "-X", "lua_script:"+script, "-d", fmt.Sprintf("tcp.port==%d,%s", firstPort+i, name))
		recorder.Record(capture.Event{Stream: i, Kind: capture.Opened, Client: fmt.Sprintf("127.0.0.1:%d", 50000+i), Server: fmt.Sprintf("127.0.0.1:%d", firstPort+i)})
		for _, b := range s.pieces() {
			recorder.Record(capture.Event{Stream: i, Kind: capture.Bytes, Data: b})
		}
		recorder.Record(capture.Event{Stream: i, Kind: capture.Ended})
	}
	if err := recorder.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "all.pcapng"), recorded.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(tshark, append(args, "-J", strings.Join(names, " "))...)
	cmd.Env = append(os.Environ(), "HOME="+dir) // no preferences and plugins of the user
	var printed bytes.Buffer
	cmd.Stderr = &printed
	out, err := cmd.Output()
	if err != nil || strings.Contains(printed.String(), "Lua") {
		t.Fatalf("%v: %s", err, &printed)
	}
	seen := readPDML(t, out)
	for i, s := range list {
		s.compare(t, "tshark", seen[names[i]])
	}
}

// readPDML returns the frames of each protocol in what tshark has printed.
func readPDML(t *testing.T, out []byte) map[string][]seenFrame {
	t.Helper()
	type shown struct {
		Name  string `xml:"name,attr"`
		Text  string `xml:"showname,attr"`
		Show  string `xml:"show,attr"`
		Value string `xml:"value,attr"`
	}
	type protocol struct {
		Name   string  `xml:"name,attr"`
		Fields []shown `xml:"field"`
	}
	seen := map[string][]seenFrame{}
	for d := xml.NewDecoder(bytes.NewReader(out)); ; {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return seen
		} else if err != nil {
			t.Fatal(err)
		}
		start, ok := token.(xml.StartElement)
		if !ok || start.Name.Local != "proto" {
			continue
		}
		var p protocol
		if err := d.DecodeElement(&p, &start); err != nil {
			t.Fatal(err)
		}
		frame := seenFrame{fields: map[string]uint64{}, names: map[string]string{}}
		whole := false
		for _, f := range p.Fields {
			id := strings.TrimPrefix(f.Name, p.Name+".")
			value, _ := hex.DecodeString(f.Value)
			switch id {
			case "size":
				whole = true
			case "payload":
				frame.body = string(value)
			case "checksum", "trailer":
				frame.tail += string(value)
			default:
				if v, ok := number(f.Show); ok {
					frame.fields[id], frame.names[id] = v, f.Text
				}
			}
		}
		if whole {
			seen[p.Name] = append(seen[p.Name], frame)
		}
	}
}
