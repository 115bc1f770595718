package commands

import (
	"os"
	"path/filepath"

	"github.com/urfave/cli/v2"

	"framecat/commands/internal/report"
)

// shareCommand is what a release calls for the files that are installed beside the
// program: framecat __share DIR.
const shareCommand = "__share"

// writeShare writes the manual pages and the completion scripts below dir.
func writeShare(app *cli.App, b Build, dir string) error {
	files := map[string]string{}
	for name, page := range manPages(app, b) {
		files[filepath.Join("man", "man"+name[len(name)-1:], name)] = page
	}
	for _, sh := range shells {
		script, err := completionScript([]string{sh.name})
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
