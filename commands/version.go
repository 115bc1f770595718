package commands

import (
	"cmp"
	"runtime"
	"runtime/debug"
	"strings"
)

// A Build identifies a build of framecat. A release sets all fields. Empty fields are filled
// from the build information that the go command writes into a program.
type Build struct{ Version, Commit, Date string }

// nextVersion is the version of a program that was built from a working copy.
const nextVersion = "0.1.0-dev"

// filled returns the build with its empty fields filled from the build information.
func (b Build) filled() Build {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		info = &debug.BuildInfo{}
	}
	set := map[string]string{}
	for _, s := range info.Settings {
		set[s.Key] = s.Value
	}
	if b.Commit == "" && set["vcs.revision"] != "" {
		b.Commit = set["vcs.revision"]
		if set["vcs.modified"] == "true" {
			b.Commit = b.Commit[:min(12, len(b.Commit))] + ", modified"
		}
	}
	b.Date = cmp.Or(b.Date, set["vcs.time"])
	if v := info.Main.Version; v != "(devel)" && !strings.HasPrefix(v, "v0.0.0-") { // otherwise there is no version tag
		b.Version = cmp.Or(b.Version, strings.TrimPrefix(v, "v"))
	}
	b.Version = cmp.Or(b.Version, nextVersion)
	return b
}

// text returns what --version prints.
func (b Build) text() string {
	b = b.filled()
	s := "framecat " + b.Version + " ("
	if b.Commit != "" {
		commit, modified, _ := strings.Cut(b.Commit, ", ")
		s += "commit " + commit[:min(12, len(commit))] + ", "
		if modified != "" {
			s += modified + ", "
		}
	}
	if b.Date != "" {
		s += b.Date + ", "
	}
	return s + runtime.Version() + ")"
}
