// Package logs sets the logger of the service up.
package logs

import (
	"io"
	"os"

	"github.com/sirupsen/logrus"
	"github.com/sirupsen/logrus/hooks/test"
)

// Log is the logger of all packages.
var Log = logrus.New()

// Recent is asked by the admin page for the last entry.
var Recent *test.Hook

// Init sends entries to stderr, as JSON, and keeps the last one for the admin page.
func Init(quiet bool) {
	Log.SetFormatter(&logrus.JSONFormatter{})
	Log.SetOutput(os.Stderr)
	if quiet {
		Log.SetOutput(io.Discard)
	}
	Recent = test.NewLocal(Log)
}
