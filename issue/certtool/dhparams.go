package certtool

import (
	"context"
	"encoding/asn1"
	"math/big"

	"vncsec/issue/certtool/text"
)

const pemDHParameters = "DH PARAMETERS"

// dhGroup is a group of RFC 7919 appendix A: its prime is the first safe one above what
// e, the base of natural logarithms, gives for its size.
type dhGroup struct {
	bits   int
	offset int64 // of the prime, from e
	secret int   // bits of a private key that GnuTLS recommends
}

// dhGroups holds ffdhe2048 to ffdhe8192.
var dhGroups = []dhGroup{
	{2048, 560316, 256},
	{3072, 2625351, 276},
	{4096, 5736041, 336},
	{6144, 15705020, 376},
	{8192, 10965728, 512},
}

// prime is 2^b - 2^(b-64) + (⌊2^(b-130) e⌋ + offset) 2^64 - 1.
func (g dhGroup) prime() *big.Int {
	one := big.NewInt(1)
	p := scaledE(uint(g.bits - 130))
	p.Add(p, big.NewInt(g.offset))
	p.Lsh(p, 64)
	p.Add(p, new(big.Int).Lsh(one, uint(g.bits)))
	p.Sub(p, new(big.Int).Lsh(one, uint(g.bits-64)))
	return p.Sub(p, one)
}

// scaledE is ⌊2^bits e⌋, the sum of 1/n!.
func scaledE(bits uint) *big.Int {
	const guard = 64 // bits that the rounding of each term cannot reach
	sum, term := new(big.Int), new(big.Int).Lsh(big.NewInt(1), bits+guard)
	for n := int64(1); term.Sign() > 0; n++ {
		sum.Add(sum, term)
		term.Quo(term, big.NewInt(n))
	}
	return sum.Rsh(sum, guard)
}

// getDHParams is --get-dh-params: the smallest well-known group that is as strong as
// asked for.
func (t *tool) getDHParams(context.Context) error {
	bits, err := t.keySize(dsaKey)
	if err != nil {
		return err
	}
	t.logf("Retrieving DH parameters...\n")
	group := dhGroups[len(dhGroups)-1]
	for _, g := range dhGroups {
		if g.bits >= bits {
			group = g
			break
		}
	}
	p, g := group.prime(), big.NewInt(2)
	der, err := asn1.Marshal(struct {
		P, G   *big.Int
		Secret int
	}{p, g, group.secret})
	if err != nil {
		return err
	}
	if t.outText() {
		t.writeText(string(text.DHParameters(g.Bytes(), p.Bytes(), t.opts.cprint)))
	}
	if t.opts.cprint {
		return nil
	}
	if !t.opts.outder {
		t.writeText("\n")
	}
	t.writeDER(pemDHParameters, der)
	return nil
}
