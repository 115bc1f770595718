// Framecat knows where messages end: netcat, xxd and cat for framed byte streams.
package main

import (
	"os"

	"framecat/commands"
)

// Set at release time; go install and go build leave their own marks.
var version, commit, date string

func main() {
	b := commands.Build{Version: version, Commit: commit, Date: date}
	os.Exit(commands.Run(os.Args, b, os.Stdin, os.Stdout, os.Stderr))
}
