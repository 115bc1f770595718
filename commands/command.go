package commands

import (
	"github.com/urfave/cli/v2"

	"framecat/commands/internal/manual"
)

// A command is a subcommand: its page in the manual, and the function that runs it.
type command struct {
	page manual.Command
	run  cli.ActionFunc
}
