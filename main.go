// Framecat knows where messages end: netcat, xxd and cat for framed byte streams.
package main

import (
	"os"

	"framecat/commands"
)

// version is set at release time.
var version = "0.1.0-dev"

func main() {
	os.Exit(commands.Run(os.Args, version, os.Stdin, os.Stdout, os.Stderr))
}
