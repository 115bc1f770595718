//go:build unix

package commands

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"
)

func fdName(f *os.File) string { return strconv.Itoa(int(f.Fd())) }

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// The file of --partial can be read by its owner only; that of --port-file has the permissions
// that the umask leaves. A file that was there keeps its permissions, as far as the umask allows
// them.
func TestOutFileMode(t *testing.T) {
	dir := t.TempDir()
	for _, row := range []struct {
		umask         int
		was           fs.FileMode // 0 is no file
		partial, port fs.FileMode
	}{
		{0o022, 0, 0o600, 0o644}, {0o077, 0, 0o600, 0o600}, {0o002, 0, 0o600, 0o664},
		{0o022, 0o640, 0o640, 0o640}, {0o022, 0o666, 0o666, 0o644}, {0o022, 0o600, 0o600, 0o600},
	} {
		old := syscall.Umask(row.umask)
		partial, port := filepath.Join(dir, "partial"), filepath.Join(dir, "port")
		for _, name := range []string{partial, port} {
			os.Remove(name)
			if row.was != 0 {
				os.WriteFile(name, []byte("old"), 0o600)
				os.Chmod(name, row.was)
			}
		}
		f, fresh, err := openOwn(partial, os.Geteuid())
		if err != nil || fresh != (row.was == 0) {
			t.Fatalf("--partial: new %t, %v", fresh, err)
		}
		f.Close()
		if err := writeAtOnce(port, "127.0.0.1:1", public); err != nil {
			t.Fatal(err)
		}
		syscall.Umask(old)
		for name, want := range map[string]fs.FileMode{partial: row.partial, port: row.port} {
			if info, err := os.Stat(name); err != nil || info.Mode().Perm() != want {
				t.Errorf("umask %o, before %o: %s is %v, %v; want %o", row.umask, row.was, filepath.Base(name), info.Mode(), err, want)
			}
		}
	}
}

// In a directory like /tmp, links and files of other users are not used; in others they are.
func TestOutFileOwner(t *testing.T) {
	const other = 54321
	for _, row := range []struct {
		name string
		mode fs.FileMode // of the directory
		user int         // who runs the program
		make func(name, target string) error
		want error
	}{
		{"no file", fs.ModeSticky | 0o777, other, func(string, string) error { return nil }, nil},
		{"a link", fs.ModeSticky | 0o777, os.Geteuid(), func(name, target string) error { return os.Symlink(target, name) }, nil},
		{"a link of another user", fs.ModeSticky | 0o777, other, func(name, target string) error { return os.Symlink(target, name) }, errForeign},
		{"a file of another user", fs.ModeSticky | 0o777, other, func(name, _ string) error { return os.WriteFile(name, nil, 0o666) }, errForeign},
		{"not for all users", fs.ModeSticky | 0o755, other, func(name, target string) error { return os.Symlink(target, name) }, nil},
		{"not sticky", 0o777, other, func(name, target string) error { return os.Symlink(target, name) }, nil},
	} {
		dir, want := t.TempDir(), row.want
		name, target := filepath.Join(dir, "name"), filepath.Join(t.TempDir(), "target")
		if err := errors.Join(os.WriteFile(target, []byte("kept"), 0o600), row.make(name, target), os.Chmod(dir, row.mode)); err != nil {
			t.Fatal(err)
		}
		user := row.user
		if os.Geteuid() == 0 && row.want != nil { // files of root would be used
			os.Lchown(name, other, other)
			user = 0
		}
		f, _, err := openOwn(name, user)
		f.Close()
		if !errors.Is(err, want) {
			t.Errorf("%s: %v, want %v", row.name, err, want)
		}
		if text := mustRead(t, target); want != nil && text != "kept" {
			t.Errorf("%s: its target has %q", row.name, text)
		}
		if user != os.Geteuid() {
			continue
		}
		if err := writeAtOnce(name, "address", public); !errors.Is(err, want) {
			t.Errorf("%s: --port-file: %v, want %v", row.name, err, want)
		}
	}
}

// The address is written in one step, through a link too. A pipe and an open file stay what they
// are.
func TestPortFileLinks(t *testing.T) {
	dir := t.TempDir()
	target, link, dangling := filepath.Join(dir, "target"), filepath.Join(dir, "link"), filepath.Join(dir, "dangling")
	os.WriteFile(target, []byte("a longer text than the address"), 0o600)
	os.Symlink("target", link)
	os.Symlink("nowhere", dangling)
	reader := must(os.Open(target))
	defer reader.Close()
	for _, name := range []string{link, dangling} {
		if err := writeAtOnce(name, "address", public); err != nil {
			t.Fatal(err)
		}
		info, err := os.Lstat(name)
		if text := mustRead(t, name); text != "address\n" || err != nil || info.Mode()&fs.ModeSymlink == 0 {
			t.Errorf("%s has %q, %v", name, text, info.Mode())
		}
	}
	if text, _ := io.ReadAll(reader); string(text) != "a longer text than the address" {
		t.Errorf("a reader of the file before sees %q", text)
	}
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if _, err := os.Stat("/dev/fd"); err == nil {
		if err := writeAtOnce(filepath.Join("/dev/fd", fdName(w)), "address", public); err != nil {
			t.Fatal(err)
		}
		w.Close()
		if text, _ := io.ReadAll(r); string(text) != "address\n" {
			t.Errorf("the pipe has %q", text)
		}
		file := textFile(t, "")
		before := must(file.Stat())
		if err := writeAtOnce(filepath.Join("/dev/fd", fdName(file)), "address", public); err != nil {
			t.Fatal(err)
		}
		if after := must(os.Stat(file.Name())); !os.SameFile(before, after) || mustRead(t, file.Name()) != "address\n" {
			t.Error("an open file was replaced")
		}
	}
	left, _ := filepath.Glob(filepath.Join(dir, ".framecat-*"))
	if len(left) > 0 {
		t.Errorf("%q is left", left)
	}
}
