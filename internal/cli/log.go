package cli

import (
	"io"
	"log/slog"

	"github.com/urfave/cli/v2"
)

// logOptions are the options of commands that keep running and log what they do.
type logOptions struct {
	format  choice
	verbose bool
}

// flags are the command line of the options.
func (o *logOptions) flags() []cli.Flag {
	o.format = choice{value: "text", words: []string{"text", "json"}}
	return []cli.Flag{
		&cli.GenericFlag{Name: "log-format", Usage: "`FORMAT` of the log on standard error: text or json", Value: &o.format},
		&cli.BoolFlag{Name: "verbose", Aliases: []string{"v"}, Usage: "log every step of every connection", Destination: &o.verbose},
	}
}

// logger makes the logger that the options ask for. Logs go to standard error
// and hold no secrets, whatever the level.
func (o *logOptions) logger(w io.Writer) *slog.Logger {
	options := &slog.HandlerOptions{Level: slog.LevelInfo}
	if o.verbose {
		options.Level = slog.LevelDebug
	}
	if o.format.value == "json" {
		return slog.New(slog.NewJSONHandler(unseenEscaper{w}, options))
	}
	return slog.New(slog.NewTextHandler(w, options))
}

// unseenEscaper escapes in JSON what escapeUnseen does: viewers choose the names in a log,
// and people read logs on terminals.
type unseenEscaper struct{ w io.Writer }

// Write takes one or several whole values.
func (e unseenEscaper) Write(p []byte) (int, error) {
	if _, err := io.WriteString(e.w, escapeUnseen(string(p))); err != nil {
		return 0, err
	}
	return len(p), nil
}
