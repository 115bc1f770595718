package commands

import (
	"github.com/urfave/cli/v2"

	"framecat/commands/internal/link"
	"framecat/commands/internal/report"
)

// checkLocal checks an address that has one connection, or is a file descriptor, and the flags that
// go with it.
func checkLocal(c *cli.Context, e *Env, a link.Address, listening bool) error {
	if err := a.Check(listening, e.Getenv); err != nil || !listening || !a.Once(true) {
		return err
	}
	switch {
	case c.Bool("keep-open"):
		return report.Usage("%s is one connection; it cannot be used with --keep-open", a)
	case c.IsSet("port-file"):
		return report.Usage("%s has no port; it cannot be used with --port-file", a)
	}
	return nil
}
