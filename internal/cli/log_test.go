package cli

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"unicode"

	"github.com/urfave/cli/v2"
)

func TestLogOptions(t *testing.T) {
	for _, test := range []struct {
		args          []string
		isJSON, debug bool
	}{
		{nil, false, false},
		{[]string{"--verbose"}, false, true},
		{[]string{"--log-format=json"}, true, false},
		{[]string{"--log-format", "json", "--verbose"}, true, true},
	} {
		var log bytes.Buffer
		o := &logOptions{}
		app := &cli.App{Name: "test", Writer: &log, Flags: o.flags(), HideHelp: true, Action: func(*cli.Context) error {
			logger := o.logger(&log)
			logger.Debug("step")
			logger.Info("event", "viewer", "alice"+hostileName)
			return nil
		}}
		if err := app.Run(append([]string{"test"}, test.args...)); err != nil {
			t.Fatal(err)
		}
		lines := strings.Split(strings.TrimSpace(log.String()), "\n")
		if want := map[bool]int{true: 2, false: 1}[test.debug]; len(lines) != want {
			t.Errorf("%q: %d lines of log, want %d:\n%s", test.args, len(lines), want, &log)
		}
		if last := lines[len(lines)-1]; json.Valid([]byte(last)) != test.isJSON || !strings.Contains(last, "alice") {
			t.Errorf("%q: the log is %s", test.args, last)
		}
		if strings.ContainsFunc(strings.Join(lines, ""), func(r rune) bool { return !unicode.IsPrint(r) }) {
			t.Errorf("%q: the log has characters that cannot be seen: %q", test.args, lines)
		}
	}
}
