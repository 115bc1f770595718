package manual

import (
	"os"
	"path/filepath"

	"framecat/commands/internal/report"
)

// WriteShare writes the manual pages and the completion scripts below dir, a directory such as
// /usr/local/share or ~/.local/share: each where man or the shell looks for it.
func (p *Program) WriteShare(dir, version, date string) error {
	files := map[string]string{}
	for name, page := range p.manPages(version, date) {
		files[filepath.Join("man", "man"+name[len(name)-1:], name)] = page
	}
	for _, sh := range shells {
		script, err := Script([]string{sh.name})
		if err != nil {
			return err
		}
		files[filepath.FromSlash(sh.file)] = script
	}
	for name, text := range files {
		path := filepath.Join(dir, name)
		err := os.MkdirAll(filepath.Dir(path), 0o777)
		if err == nil {
			err = os.WriteFile(path, []byte(text), 0o666)
		}
		if err != nil {
			return &report.Failure{Status: report.StatusIO, Text: path + ": " + report.Reason(err)}
		}
	}
	return nil
}
