package manual

import (
	"os"
	"path/filepath"

	"framecat/commands/internal/report"
)

// ShareCommand is what a release calls for the files that are installed beside the
// program: framecat __share DIR.
const ShareCommand = "__share"

// WriteShare writes the manual pages and the completion scripts below dir.
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
		files[filepath.Join("completions", sh.name, sh.file)] = script
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
