package commands

import (
	"slices"
	"strings"

	"framecat/commands/internal/manual"
	"framecat/commands/internal/report"
)

// arrange puts flags before arguments, each as --name=value. So users may write flags anywhere
// before a "--", and join short flags: -qn5. A "--" that starts a COMMAND stays as an argument.
func arrange(args []string, flags []manual.Flag, command string) ([]string, error) {
	var names []string
	byName := map[string]*manual.Flag{}
	for i := range flags {
		f := &flags[i]
		for _, n := range f.Names() {
			byName[strings.TrimLeft(n, "-")] = f
			names = append(names, n)
		}
	}
	var out, rest []string
	for len(args) > 0 {
		arg := args[0]
		args = args[1:]
		if arg == "--" {
			if len(rest) < wrapping(command) { // the words after it are a command
				rest = append(rest, arg)
			}
			rest = append(rest, args...)
			break
		}
		if arg == "-" || !strings.HasPrefix(arg, "-") || command == "why" && isNegative(arg) {
			rest = append(rest, arg)
			continue
		}
		name, value, given := strings.Cut(strings.TrimPrefix(arg, "--"), "=")
		joined := ""
		if !strings.HasPrefix(arg, "--") { // one letter, then a value or more letters
			if name = arg[1:]; byName[name] != nil && len(name) > 1 {
				return nil, unknownFlag(arg, names, command)
			}
			name, joined, given = arg[1:2], arg[2:], false
		}
		f := byName[name]
		if f == nil {
			return nil, unknownFlag(dashed(name), names, command)
		}
		full := f.Name
		if f.Value == "" {
			if given || strings.HasPrefix(joined, "=") {
				return nil, report.Usage("%s takes no value", dashed(full))
			}
			out = append(out, "--"+full)
			if joined != "" {
				args = append([]string{"-" + joined}, args...)
			}
			continue
		}
		switch {
		case joined != "":
			value = strings.TrimPrefix(joined, "=")
		case !given && len(args) == 0:
			return nil, report.Usage("%s needs a value", dashed(name))
		case !given:
			value, args = args[0], args[1:]
		}
		if value == "" && full != "message" { // most likely a shell variable that is not set
			return nil, report.Usage("%s needs a value, but the value is empty", dashed(name))
		}
		out = append(out, "--"+full+"="+value)
	}
	if command == "" {
		return append(out, rest...), nil
	}
	return append(append(out, "--"), rest...), nil
}

// isNegative reports whether arg is a negative number and no flag.
func isNegative(arg string) bool {
	return len(arg) > 1 && '0' <= arg[1] && arg[1] <= '9'
}

// wrapping returns how many arguments a command has, if it takes "-- COMMAND ARG..." instead of
// them. It returns 0 for other commands.
func wrapping(command string) int {
	switch command {
	case "tap":
		return 2
	case "probe":
		return 1
	}
	return 0
}

// unknownFlag returns the failure for a flag that the command does not have.
func unknownFlag(name string, names []string, command string) error {
	f := report.Usage("there is no flag %s", report.Sanitize(name))
	if command != "" {
		f.Text += " for " + command
		f.Hints = []string{"for the flags, run framecat " + command + " --help"}
	}
	if command == "" {
		f.Hints = []string{"flags go after the command: framecat decode " + report.Sanitize(name) + " …"}
	}
	if right := otherFlag(name, names); right != "" {
		f.Hints = []string{"write " + right}
	} else if near := nearestFlag(name, names); near != "" {
		f.Hints = []string{"did you mean " + near + "?"}
	} else if have := commandsWith(name); command != "" && len(have) > 0 {
		f.Hints = []string{"it is a flag of " + strings.Join(have, ", ") + "; for those of " + command + ", run framecat " + command + " --help"}
	}
	return f
}

// otherFlags are flags of other programs, the flag that a command must have to do the same, and what
// to write.
var otherFlags = []struct{ name, has, right string }{
	{"json", "--out", "-o json"}, {"json", "--in", "-i json"},
	{"hex", "--message", "-i hex"}, {"raw", "--message", "-i raw"}, {"base64", "--message", "-i base64"},
	{"hex", "--force", "-o hex"}, {"raw", "--force", "-o raw"}, {"base64", "--force", "-o base64"},
	{"skip", "--seek", "--seek SIZE"}, {"offset", "--seek", "--seek SIZE"},
	{"bytes", "--length", "--length SIZE"}, {"limit", "--count", "--count N"}, {"max-count", "--count", "--count N"},
	{"text", "--message", "--message TEXT"}, {"data", "--message", "--message TEXT"},
	{"no-color", "--color", "--color never"}, {"no-colour", "--color", "--color never"},
	{"port", "--port-file", "the port as an argument: framecat listen PORT"}, {"p", "--port-file", "the port as an argument: framecat listen PORT"},
}

// otherFlag returns what to write for a flag of another program, or "".
func otherFlag(name string, names []string) string {
	for _, f := range otherFlags {
		if f.name == strings.TrimLeft(name, "-") && slices.Contains(names, f.has) {
			return f.right
		}
	}
	return ""
}

// nearestFlag returns the flag that is most like name, or "". For a single letter, that is
// only the same letter in the other case.
func nearestFlag(name string, names []string) string {
	if len(name) > 2 && !strings.HasPrefix(name, "--") {
		return "-" + name
	}
	var words []string
	for _, n := range names {
		switch {
		case len(n) > 2:
			words = append(words, n[2:])
		case len(name) == 2 && strings.EqualFold(n, name):
			return n
		}
	}
	if len(name) == 2 {
		return ""
	}
	word := report.Nearest(name[2:], words)
	if slices.Contains(words, "no-"+name[2:]) {
		word = "no-" + name[2:]
	}
	if word == "" {
		return ""
	}
	return "--" + word
}

// colorFlag returns the value of --color, for a command line that could not be parsed.
func colorFlag(args []string) string {
	for i, a := range args {
		if v, ok := strings.CutPrefix(a, "--color="); ok {
			return v
		}
		if a == "--color" && i+1 < len(args) {
			return args[i+1]
		}
	}
	return "auto"
}

// dashed returns the name of a flag with its dashes.
func dashed(name string) string {
	if len(name) == 1 {
		return "-" + name
	}
	return "--" + name
}
