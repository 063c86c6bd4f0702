package layout

import (
	"slices"
	"testing"

	"vncsec/ca"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

func sealedKey(t testing.TB) []byte {
	t.Helper()
	sealed, err := ca.MarshalKey(leafKey(), []byte("secret"))
	if err != nil {
		t.Fatal(err)
	}
	return sealed
}

func TestCheckScenarios(t *testing.T) {
	for _, s := range scenarios(t) {
		t.Run(s.name, func(t *testing.T) {
			report := mustCheck(t, CheckOptions{Role: s.role, Dir: s.files.write(t)})
			for _, want := range []struct {
				severity Severity
				codes    []Code
			}{{Critical, s.critical}, {Warning, s.warning}} {
				codes := slices.Clone(want.codes)
				slices.Sort(codes)
				if diff := cmp.Diff(codes, codesOf(report.Findings, want.severity), cmpopts.EquateEmpty()); diff != "" {
					t.Errorf("%s codes (-want +got):\n%s%+v", want.severity, diff, report.Findings)
				}
			}
			checkWording(t, report)
		})
	}
}

// checkWording holds for every finding: it says where, what and what to do.
func checkWording(t *testing.T, report *Report) {
	t.Helper()
	for _, f := range report.Findings {
		if f.Message == "" || f.File == "" || f.Cure == "" {
			t.Errorf("incomplete finding %+v", f)
		}
	}
}
