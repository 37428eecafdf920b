package main

import (
	"fmt"
	"runtime"
	"runtime/debug"
)

// version is the release; the linker sets it (-X main.version=...).
var version = "1.0.0-alpha"

type versionCommand struct{}

func (versionCommand) Run(env *environment) error {
	_, err := fmt.Fprintf(env.stdout, "swipesavvy %s (commit %s, %s %s/%s)\n",
		version, commit(), runtime.Version(), runtime.GOOS, runtime.GOARCH)
	return err
}

// commit is the revision that the binary was built from, as far as the Go tool
// could tell.
func commit() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	revision, modified := "unknown", ""
	for _, s := range info.Settings {
		switch {
		case s.Key == "vcs.revision":
			revision = s.Value[:min(12, len(s.Value))]
		case s.Key == "vcs.modified" && s.Value == "true":
			modified = "+changes"
		}
	}
	return revision + modified
}
