package certtool

import (
	"context"
	"crypto"
	"errors"
	"time"

	"vncsec/templates"
)

// subject is what the contents of a certificate, request or CRL are asked for.
type subject struct {
	purpose     templates.Applies
	plain       bool             // without extensions
	public      crypto.PublicKey // decides about the usages that are asked for
	fromRequest bool             // the name and the key come from a request
	caEnd       time.Time        // until when the authority is valid; zero: there is none
}

// profile returns what the template asks for, or without one the answers to certtool's
// questions. It warns of a validity that is longer than the authority's.
func (t *tool) profile(ctx context.Context, s subject) (*templates.Profile, error) {
	if t.template != nil {
		purpose := s.purpose
		if s.plain {
			purpose |= templates.Plain
		}
		profile, err := t.template.Certtool(purpose, t.env.Now())
		if err == nil {
			t.outlives(profile, s.caEnd)
		}
		return profile, err
	}
	if t.opts.batch {
		return nil, errors.New("--batch without --template: the contents have to be asked for")
	}
	q := &questions{tool: t, ctx: ctx, subject: s, answers: new(templates.Template)}
	q.ask()
	if q.err != nil {
		return nil, q.err
	}
	return q.answers.Certtool(s.purpose, t.env.Now())
}

// confirm asks whether what was shown is right. Only --stdout-info and a template do
// without it.
func (t *tool) confirm(ctx context.Context) error {
	if t.opts.batch || t.opts.stdoutInfo {
		return nil
	}
	q := &questions{tool: t, ctx: ctx}
	if q.yes("Is the above information ok? (y/N): ", false) {
		return nil
	}
	if q.err != nil {
		return q.err
	}
	return errors.New("not confirmed: nothing was written")
}

// outlives warns of a validity that is longer than the authority's, and tells whether
// certtool asks about it. It does not where there is no end at all.
func (t *tool) outlives(p *templates.Profile, caEnd time.Time) bool {
	if caEnd.IsZero() || !p.NoEnd && !p.NotAfter.After(caEnd) {
		return false
	}
	end := p.NotAfter
	if p.NoEnd {
		end = time.Date(9999, 12, 31, 23, 59, 59, 0, time.UTC)
	}
	const layout = "Mon Jan _2 15:04:05 2006"
	zone := t.env.Now().Location()
	t.logf("\nExpiration time: %s\n", end.In(zone).Format(layout))
	t.logf("CA expiration time: %s\n", caEnd.In(zone).Format(layout))
	t.logf("Warning: The time set exceeds the CA's expiration time\n")
	return !p.NoEnd
}
