package commands

import (
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"

	"framecat/commands/internal/input"
	"framecat/commands/internal/page"
	"framecat/commands/internal/report"
)

// The files of --partial and --port-file. Where all users may create files, as in /tmp, the name
// that a script uses may be there before: a link of another user to a file of ours, or a file
// of another user who wants to read what we write. So in a directory that is sticky and that
// all may write to, links and files of other users than root are not used.

// openPartial creates the file of --partial, or empties it, so that it cannot have the bytes
// of an earlier run. A new file can be read by its owner only, because it holds payload. The
// file must not be one of the inputs. Fresh reports whether it is new.
func (o *common) openPartial(inputs []input.Input) (f *os.File, fresh bool, err error) {
	if o.partial == "" {
		return nil, false, nil
	}
	if err := notInput("--partial", o.partial, inputs); err != nil {
		return nil, false, err
	}
	f, fresh, err = openOwn(o.partial, os.Geteuid())
	if err != nil {
		return nil, false, &report.Failure{Status: report.StatusIO, Text: report.OneLine(o.partial) + ": " + report.Reason(err)}
	}
	return f, fresh, nil
}

// notInput returns an error if the file of a flag is also one of the inputs: to write it would destroy the input.
func notInput(flag, name string, inputs []input.Input) error {
	to, err := os.Stat(name)
	if err != nil || !to.Mode().IsRegular() {
		return nil
	}
	for _, in := range inputs {
		if from, err := in.Stat(); err == nil && os.SameFile(from, to) {
			return report.Usage("%s %s: the file is also an input", flag, report.OneLine(name))
		}
	}
	return nil
}

// openOwn opens a file for writing, and empties it. The file is created if there is none, or if
// the name is a link to no file; fresh reports whether there was no such name. User is who runs
// the program.
func openOwn(name string, user int) (f *os.File, fresh bool, err error) {
	was, err := checkOwner(name, user)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		f, err = os.OpenFile(name, os.O_RDWR|os.O_CREATE|os.O_EXCL, private) // follows no link
		return f, true, err
	case err != nil:
		return nil, false, err
	case was.Mode()&fs.ModeSymlink != 0:
		f, err = os.OpenFile(name, os.O_RDWR|os.O_CREATE|os.O_TRUNC, private)
		return f, false, err
	}
	f, err = os.OpenFile(name, os.O_RDWR|os.O_TRUNC|noFollow, private)
	return f, false, err
}

// closePartial closes the file of --partial. A new file without bytes is removed.
func closePartial(f *os.File, fresh bool) error {
	info, err := f.Stat()
	if end := f.Close(); end != nil {
		return end
	}
	if err == nil && fresh && info.Size() == 0 {
		return os.Remove(f.Name())
	}
	return err
}

// The permissions of new files, as far as the umask allows them.
const (
	public  = 0o666
	private = 0o600 // of files that hold payload
)

// checkPlace checks that writeAtOnce will be able to write a file, so that a long run does not lose its
// results at the end.
func checkPlace(name string) error {
	if name == "" {
		return nil
	}
	was, err := checkOwner(name, os.Geteuid())
	switch {
	case err != nil && !errors.Is(err, fs.ErrNotExist):
		return err
	case was != nil && was.IsDir():
		return errors.New("is a directory")
	case was != nil && !was.Mode().IsRegular():
		return nil // a link, a device or a pipe
	}
	f, err := os.CreateTemp(filepath.Dir(name), ".framecat-*")
	if err != nil {
		return err
	}
	return errors.Join(f.Close(), os.Remove(f.Name()))
}

// writeAtOnce writes a text and a line end to a file in one step, so that a program that waits for
// the file never reads half of the text. A device, a pipe or a link stays what it is; a link to
// a regular file has the file replaced. Mode are the most permissions of the file.
func writeAtOnce(name, text string, mode os.FileMode) error {
	if name == "" {
		return nil
	}
	was, err := checkOwner(name, os.Geteuid())
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	special := was != nil && !was.Mode().IsRegular()
	if special && was.Mode()&fs.ModeSymlink != 0 {
		name, was, special, err = followLink(name)
		if err != nil {
			return err
		}
	}
	if special {
		f, err := os.OpenFile(name, os.O_WRONLY, 0)
		if err != nil {
			return err
		}
		_, err = f.WriteString(text + "\n")
		return errors.Join(err, f.Close())
	}
	return replaceFile(name, text+"\n", mode, was)
}

// appendTo appends text to a file, which may be new.
func appendTo(name, text string) error {
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_APPEND, private)
	if err != nil {
		return err
	}
	_, err = f.WriteString(text)
	return errors.Join(err, f.Close())
}

// checkOutput returns a failure if the file of a flag could not be written.
func checkOutput(flag, name string) error {
	if name == "-" {
		f := report.Usage("%s -: want the name of a file", flag)
		f.Hints = []string{"standard output is " + flag + " /dev/stdout, and a file named - is " + flag + " ./-"}
		return f
	}
	if err := checkPlace(name); err != nil {
		return &report.Failure{Status: report.StatusIO, Text: flag + " " + report.OneLine(name) + ": " + report.Reason(err)}
	}
	return nil
}

// writePage writes the page of --html, which only its owner can read. Failed is how the work ended; the first failure
// is returned. If nothing could be read, the page of an earlier run stays.
func writePage(name string, p *page.Page, failed error) error {
	var f *report.Failure
	if name == "" || p.Empty() && errors.As(failed, &f) && f.Status == report.StatusIO {
		return failed
	}
	if err := writeAtOnce(name, p.HTML(), private); err != nil {
		return &report.Failure{Status: report.StatusIO, Text: "--html " + report.OneLine(name) + ": " + report.Reason(err)}
	}
	return failed
}

// followLink returns the file that a link leads to, and its FileInfo; nil if there is none.
// Special reports that it must be opened by the name: it is no regular file, or it is an open
// file, such as /dev/stdout or /dev/fd/3, whose other users would not see a new file.
func followLink(link string) (name string, was os.FileInfo, special bool, err error) {
	to, err := os.Stat(link)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		target, err := os.Readlink(link)
		if !filepath.IsAbs(target) {
			target = filepath.Join(filepath.Dir(link), target)
		}
		return target, nil, false, err
	case err != nil:
		return "", nil, false, err
	}
	name, err = filepath.EvalSymlinks(link)
	if err != nil || !to.Mode().IsRegular() || isOpenFile(link) {
		return link, to, true, nil
	}
	return name, to, false, nil
}

// isOpenFile reports whether the name is one of an open file of this process.
func isOpenFile(name string) bool {
	for range 8 { // /dev/stdout is a link to /proc/self/fd/1
		dir, err := filepath.EvalSymlinks(filepath.Dir(name))
		if err != nil {
			return false
		}
		if ok, _ := filepath.Match("/proc/*/fd", dir); ok || dir == "/dev/fd" {
			return true
		}
		target, err := os.Readlink(name)
		if err != nil {
			return false
		}
		if !filepath.IsAbs(target) {
			target = filepath.Join(dir, target)
		}
		name = target
	}
	return false
}

// replaceFile writes text to a new file, and gives it the name. It keeps the permissions of the
// file before, as far as the umask allows them.
func replaceFile(name, text string, mode os.FileMode, was os.FileInfo) error {
	part := filepath.Join(filepath.Dir(name), fmt.Sprintf(".framecat-%016x", rand.Uint64()))
	f, err := os.OpenFile(part, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	if err != nil {
		return err
	}
	defer os.Remove(part)
	_, err = f.WriteString(text)
	if info, stat := f.Stat(); err == nil && stat == nil && was != nil {
		err = f.Chmod(info.Mode().Perm() & was.Mode().Perm())
	}
	if end := f.Close(); err == nil {
		err = end
	}
	if err != nil {
		return err
	}
	return os.Rename(part, name)
}
