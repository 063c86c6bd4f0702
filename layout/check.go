package layout

import (
	"context"
	"fmt"
	"time"
)

// CheckOptions say what to check and against what.
type CheckOptions struct {
	Role Role   // Server or Client
	Dir  string // the folder; empty is DefaultDir

	// Hostname is the name or IP address that viewers connect to. Empty leaves
	// the names alone, but for a warning where there are none.
	Hostname string

	// Now is the time to check at; zero is the current time.
	Now time.Time

	// UID is the user that the files should belong to, beside root. Nil is the
	// user who runs the check.
	UID *int
}

// Check looks for everything that is wrong with the files of one role in a folder:
// modes, owners and links, the form of the files, key and certificate, chain,
// dates, usages and names. The folder is taken as it is, whoever made it. What is
// wrong is in the report; an error means that there was no check.
func Check(ctx context.Context, opts CheckOptions) (*Report, error) {
	if err := opts.Role.check(); err != nil {
		return nil, err
	}
	dir, err := absolute(opts.Dir)
	if err != nil {
		return nil, err
	}
	content, err := readFolder(ctx, dir, opts.Role.fileNames())
	if err != nil {
		return nil, fmt.Errorf("layout: check %s: %w", dir, err)
	}
	defer content.forgetKeys()
	return &Report{Role: opts.Role, Dir: dir, Hostname: opts.Hostname, Findings: checkAll(content, opts)}, nil
}

// checkAll checks where and how the files lie and what they say.
func checkAll(content *folder, opts CheckOptions) []Finding {
	findings := checkSafety(content, opts.Role, opts.owner())
	return merge(append(findings, checkContent(content, opts)...))
}

// checkContent checks what the files say, not how they lie on the disk.
func checkContent(content *folder, opts CheckOptions) []Finding {
	now := opts.Now
	if now.IsZero() {
		now = time.Now()
	}
	var findings []Finding
	for _, version := range qemuVersions {
		e := &examination{qemu: version, role: opts.Role, folder: content, now: now, hostname: opts.Hostname}
		e.load()
		findings = append(findings, e.findings...)
	}
	return append(findings, checkUse(content, opts, now, merge(findings))...)
}
