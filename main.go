// Framecat knows where messages end: netcat, xxd and cat for framed byte streams.
package main

import (
	"os"

	"framecat/commands"
)

// Set at release time; go install and go build leave their own marks.
var version, commit, date string

func main() {
	os.Exit(commands.Run(commands.Env{
		Args:  os.Args,
		Build: commands.Build{Version: version, Commit: commit, Date: date},
		Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr,
		Getenv: os.Getenv, Signals: commands.Signals,
	}))
}
