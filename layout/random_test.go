package layout

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"vncsec/internal/oddcert"
)

var (
	randomFolders = flag.Int("folders", 300, "how many random folders TestAgreesWithQEMUAtRandom tries")
	randomSeed    = flag.Uint64("seed", 1, "where TestAgreesWithQEMUAtRandom begins")
)

// TestAgreesWithQEMUAtRandom combines what certificates can hold, for leaf, the
// authority in the middle and the root, and where they stand in the files.
func TestAgreesWithQEMUAtRandom(t *testing.T) {
	real, newest := startQEMU(t), startNewestQEMU(t)
	for seed := *randomSeed; seed < *randomSeed+uint64(*randomFolders); seed++ {
		d := dice{rand.New(rand.NewPCG(seed, 0))}
		role := []Role{Server, Client}[d.IntN(2)]
		ok := t.Run(fmt.Sprintf("seed=%d", seed), func(t *testing.T) {
			dir := d.folder(role).write(t)
			agree(t, real, qemuVersions[1].name, role, dir)
			agree(t, newest, qemuVersions[2].name, role, dir)
		})
		if !ok {
			return
		}
	}
}

// dice makes certificates that are good most of the time in each single respect, so
// that every rule decides now and then.
type dice struct{ *rand.Rand }

func (d dice) oneIn(n int) bool { return d.IntN(n) == 0 }

func (d dice) folder(role Role) files {
	p := role.pairs()[0]
	root, middle, leaf := d.authority("CA", "CA"), d.authority("CA", "middle"), d.leaf(role)
	if d.oneIn(4) { // on one of them, as versions of GnuTLS disagree on both
		constrained := []*oddcert.Spec{&root, &middle}[d.IntN(2)]
		constrained.Version = 3
		constrained.Extensions = append(constrained.Extensions, d.nameConstraints())
	}
	root.Key, root.Signer = caKey().Public(), caKey()
	middle.Key, middle.Signer = middleKey().Public(), caKey()
	leaf.Key, leaf.Issuer, leaf.Signer = leafKey().Public(), "CA", caKey()
	if d.oneIn(2) {
		leaf.Issuer, leaf.Signer = "middle", middleKey()
	}
	own, authorities := [][]byte{leaf.PEM()}, [][]byte{root.PEM()}
	switch d.IntN(4) {
	case 0:
		own = append(own, middle.PEM())
	case 1:
		authorities = append(authorities, middle.PEM())
	case 2:
		own, authorities = append(own, middle.PEM(), root.PEM()), append([][]byte{middle.PEM()}, authorities...)
	}
	if d.oneIn(8) {
		d.Shuffle(len(own), func(i, j int) { own[i], own[j] = own[j], own[i] })
	}
	if d.oneIn(12) {
		authorities = authorities[1:]
	}
	return files{p.cert: concat(own...), p.key: oddcert.KeyPEM(leafKey()), CACertFile: concat(authorities...)}
}

func (d dice) leaf(role Role) oddcert.Spec {
	s := oddcert.Spec{Subject: "leaf"}
	d.dates(&s)
	if d.oneIn(3) {
		s.Extensions = append(s.Extensions, oddcert.BasicConstraints(d.oneIn(2), d.oneIn(8), d.IntN(3)-1))
	}
	if !d.oneIn(3) {
		bits := []byte{oddcert.DigitalSignature, oddcert.DigitalSignature | oddcert.KeyEncipherment, oddcert.KeyEncipherment, byte(d.IntN(256))}[d.IntN(4)]
		s.Extensions = append(s.Extensions, oddcert.KeyUsage(d.oneIn(2), bits))
	}
	if d.oneIn(2) {
		purposes := []oddcert.Extension{
			oddcert.ExtKeyUsage(d.oneIn(2), oddcert.ServerAuth), oddcert.ExtKeyUsage(d.oneIn(2), oddcert.ClientAuth),
			oddcert.ExtKeyUsage(d.oneIn(2), oddcert.AnyPurpose), oddcert.ExtKeyUsage(d.oneIn(2), oddcert.CodeSigning, oddcert.ClientAuth),
			oddcert.ExtKeyUsage(d.oneIn(2)),
		}
		s.Extensions = append(s.Extensions, purposes[d.IntN(len(purposes))])
	}
	s.Extensions = append(s.Extensions, oddcert.SubjectAltName(d.oneIn(4), oddcert.DNS("leaf.example"), oddcert.IP("10.0.0.1")))
	d.spoil(&s)
	return s
}

func (d dice) authority(issuer, subject string) oddcert.Spec {
	s := oddcert.Spec{Issuer: issuer, Subject: subject}
	d.dates(&s)
	if !d.oneIn(10) {
		s.Extensions = append(s.Extensions, oddcert.BasicConstraints(d.oneIn(2), !d.oneIn(10), max(-1, d.IntN(6)-4)))
	}
	if !d.oneIn(3) {
		bits := byte(oddcert.CertSign)
		if d.oneIn(6) {
			bits = byte(d.IntN(256))
		}
		s.Extensions = append(s.Extensions, oddcert.KeyUsage(d.oneIn(2), bits))
	}
	d.spoil(&s)
	return s
}

func (d dice) nameConstraints() oddcert.Extension {
	choice := []oddcert.GeneralName{
		oddcert.DNS("example"), oddcert.DNS(".example"), oddcert.DNS("leaf.example"), oddcert.DNS("other"), oddcert.DNS(""),
		oddcert.Net("10.0.0.0/8"), oddcert.Net("192.168.0.0/16"), oddcert.Email("example"), oddcert.URI("example"),
	}
	pick := func() []oddcert.GeneralName {
		d.Shuffle(len(choice), func(i, j int) { choice[i], choice[j] = choice[j], choice[i] })
		return choice[:d.IntN(3)]
	}
	permitted := slices.Clone(pick())
	return oddcert.NameConstraints(permitted, pick())
}

func (d dice) dates(s *oddcert.Spec) {
	switch d.IntN(24) {
	case 0:
		s.NotAfter = time.Now().Add(-time.Hour)
		s.NotBefore = s.NotAfter.Add(-time.Hour)
	case 1:
		s.NotBefore = time.Now().Add(time.Hour)
	}
}

// spoil adds key identifiers, unknown extensions and bad signatures.
func (d dice) spoil(s *oddcert.Spec) {
	if d.oneIn(3) {
		s.Extensions = append(s.Extensions, oddcert.SubjectKeyID([]string{"CA", "middle", "leaf"}[d.IntN(3)]))
	}
	if d.oneIn(4) {
		s.Extensions = append(s.Extensions, oddcert.AuthorityKeyID([]string{"CA", "middle"}[d.IntN(2)]))
	}
	if d.oneIn(12) {
		s.Extensions = append(s.Extensions, oddcert.TLSFeatures([]int64{5, 17}[:1+d.IntN(2)]...))
	}
	if d.oneIn(10) {
		s.Extensions = append(s.Extensions, oddcert.Unknown(d.oneIn(3)))
	}
	s.SpoilSignature = d.oneIn(20)
	if d.oneIn(20) {
		s.Version, s.Extensions = 1, nil
	}
}
