package layout

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"vncsec/internal/peertest"
)

// loader tries whether a folder can be loaded; the string is the reason if not.
type loader interface {
	load(t *testing.T, role Role, dir string) (ok bool, reason string)
}

// realQEMU creates and deletes tls-creds-x509 objects in one QEMU process.
type realQEMU struct {
	in  io.Writer
	out *bufio.Reader
}

func startQEMU(t *testing.T) *realQEMU {
	t.Helper()
	peertest.Need(t, "qemu-system-x86_64")
	q := &realQEMU{}
	q.in, q.out = start(t, exec.Command("qemu-system-x86_64", "-nodefaults", "-machine", "none", "-display", "none", "-S", "-qmp", "stdio"))
	q.read(t) // greeting
	q.execute(t, "qmp_capabilities", nil)
	return q
}

// start runs a program that ends when its input does.
func start(t *testing.T, cmd *exec.Cmd) (io.Writer, *bufio.Reader) {
	t.Helper()
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		in.Close()
		cmd.Process.Kill()
		cmd.Wait()
	})
	return in, bufio.NewReader(out)
}

type qmpReply struct {
	Return json.RawMessage `json:"return"`
	Error  *struct {
		Desc string `json:"desc"`
	} `json:"error"`
}

func (q *realQEMU) read(t *testing.T) qmpReply {
	t.Helper()
	line, err := q.out.ReadBytes('\n')
	if err != nil {
		t.Fatalf("QEMU: %v", err)
	}
	var reply qmpReply
	if err := json.Unmarshal(line, &reply); err != nil {
		t.Fatalf("QEMU said %q: %v", line, err)
	}
	return reply
}

func (q *realQEMU) execute(t *testing.T, command string, arguments map[string]any) qmpReply {
	t.Helper()
	request := map[string]any{"execute": command}
	if arguments != nil {
		request["arguments"] = arguments
	}
	line, err := json.Marshal(request)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := q.in.Write(append(line, '\n')); err != nil {
		t.Fatalf("QEMU: %v", err)
	}
	return q.read(t)
}

func (q *realQEMU) load(t *testing.T, role Role, dir string) (bool, string) {
	t.Helper()
	// Without this file QEMU 7.2 makes parameters of its own, which takes a second.
	if params := filepath.Join(dir, DHParamsFile); role == Server && !exists(params) {
		if err := os.WriteFile(params, dhParams(), 0o600); err != nil {
			t.Fatal(err)
		}
		defer os.Remove(params)
	}
	reply := q.execute(t, "object-add", map[string]any{"qom-type": "tls-creds-x509", "id": "t", "dir": dir, "endpoint": string(role), "verify-peer": true})
	if reply.Error != nil {
		return false, reply.Error.Desc
	}
	if reply := q.execute(t, "object-del", map[string]any{"id": "t"}); reply.Error != nil {
		t.Fatalf("QEMU: %s", reply.Error.Desc)
	}
	return true, ""
}

// newestQEMU plays QEMU 10.2 over the real GnuTLS; see testdata/newest_qemu.py.
type newestQEMU struct {
	in  io.Writer
	out *bufio.Reader
}

func startNewestQEMU(t *testing.T) *newestQEMU {
	t.Helper()
	peertest.Need(t, "python3")
	peertest.Need(t, "certtool") // comes with the library that the script loads
	q := &newestQEMU{}
	q.in, q.out = start(t, exec.Command("python3", "testdata/newest_qemu.py"))
	return q
}

func (q *newestQEMU) load(t *testing.T, role Role, dir string) (bool, string) {
	t.Helper()
	if _, err := fmt.Fprintln(q.in, role, dir); err != nil {
		t.Fatal(err)
	}
	line, err := q.out.ReadString('\n')
	if err != nil {
		t.Fatalf("newest_qemu.py: %v", err)
	}
	return line == "ok\n", strings.TrimSpace(line)
}

// agree fails the test unless Check says of a QEMU version what it really does.
func agree(t *testing.T, q loader, version string, role Role, dir string) {
	t.Helper()
	ok, reason := q.load(t, role, dir)
	report := mustCheck(t, CheckOptions{Role: role, Dir: dir})
	if foretold := !loadRefusedBy(report.Findings, version); ok != foretold {
		t.Errorf("%s loads it: %v (%s), foretold: %v\n%+v", version, ok, reason, foretold, report.Findings)
	}
	newest := qemuVersions[len(qemuVersions)-1].name
	if !ok && version == newest && report.Count(Critical) == 0 {
		t.Errorf("%s refuses it and nothing is critical", version)
	}
}

// unlike lists where Check cannot say what GnuTLS does, with the reason.
var unlike = map[string]string{}

func TestAgreesWithQEMU(t *testing.T) {
	real, newest := startQEMU(t), startNewestQEMU(t)
	for _, s := range scenarios(t) {
		t.Run(s.name, func(t *testing.T) {
			if reason, known := unlike[s.name]; known {
				t.Skip(reason)
			}
			dir := s.files.write(t)
			agree(t, real, qemuVersions[1].name, s.role, dir)
			agree(t, newest, qemuVersions[2].name, s.role, dir)
		})
	}
}

func TestQEMUVersionsInOrder(t *testing.T) {
	i := slices.IndexFunc(qemuVersions, func(q qemu) bool { return q.severity() == Critical })
	if i != len(qemuVersions)-1 {
		t.Errorf("critical is what version %d refuses", i)
	}
}
