package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"vncsec/internal/peertest"
	"vncsec/internal/ttytest"
)

// completionShells are the shells: how to start each of them without anybody's
// settings, and what to tell it. The function words shows the words of a command.
var completionShells = map[string]struct {
	command []string
	setup   string
}{
	"bash": {
		[]string{"bash", "--noprofile", "--norc", "-i"},
		`bind 'set bell-style none'; words() { printf '<%s>' "$@"; }; source ./script`,
	},
	"zsh": {
		[]string{"zsh", "-f", "-i"},
		`bindkey -e; autoload -U compinit; compinit -u -D; words() { printf '<%s>' "$@" }; source ./script`,
	},
	"fish": {
		[]string{"fish", "--no-config", "-i"},
		`function words; printf '<%s>' $argv; end; source ./script`,
	},
}

// TestCompletion types commands in real shells and presses the tab key.
func TestCompletion(t *testing.T) {
	for name, shell := range completionShells {
		t.Run(name, func(t *testing.T) {
			peertest.Need(t, name)
			dir := t.TempDir()
			script, err := exec.Command("vncsec", "completion", name).Output()
			if err != nil {
				t.Fatal(err)
			}
			write(t, filepath.Join(dir, "script"), string(script))
			write(t, filepath.Join(dir, "a-folder", "file"), "")
			write(t, filepath.Join(dir, "a-foreign-file"), "")

			command := exec.Command(shell.command[0], shell.command[1:]...)
			command.Dir = dir
			command.Env = append(os.Environ(), "TERM=xterm", "HOME="+dir, "XDG_CONFIG_HOME="+dir, "XDG_DATA_HOME="+dir)
			term := ttytest.Start(t, command)
			term.Type(shell.setup + "; echo rea''dy\r")
			term.Expect("ready\r\n")
			for _, test := range []struct{ typed, want string }{
				{"vncsec compl\t", "<vncsec><completion>"},
				{"vncsec completion z\t", "<vncsec><completion><zsh>"},
				{"vncsec --vers\t", "<vncsec><--version>"},
				{"vncsec help vers\t", "<vncsec><help><version>"},
				{"vncsec issue ser\t", "<vncsec><issue><server>"},
				{"vncsec issue client x --key-type rsa-3\t", "<vncsec><issue><client><x><--key-type><rsa-3072>"},
				{"vncsec issue client x --key-type=rsa-3\t", "<vncsec><issue><client><x><--key-type=rsa-3072>"},
				{"vncsec check --hostname a:1 ser\t", "<vncsec><check><--hostname><a:1><server>"},
				// Only folders where a folder is wanted; zsh takes their slash away again.
				{"vncsec install server --from a-fo\t", "<vncsec><install><server><--from><a-folder"},
				{"vncsec install server --from=a-fo\t", "<vncsec><install><server><--from=a-folder"},
				{"vncsec issue client --template a-fore\t", "<vncsec><issue><client><--template><a-foreign-file>"},
				{"vncsec issue client --template=a-fore\t", "<vncsec><issue><client><--template=a-foreign-file>"},
			} {
				const home = "\x01" // Ctrl-A: to the beginning of the line
				term.Type(test.typed + home + "words \r")
				term.Expect(test.want)
			}
		})
	}
}

// write writes a file and the folder it belongs in.
func write(t *testing.T, path, content string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}
