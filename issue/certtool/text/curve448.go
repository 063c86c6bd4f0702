package text

import (
	"crypto/elliptic"
	"crypto/sha3"
	"math/big"
	"slices"
	"sync"
)

// The public keys of the curves that Go's library lacks, computed with big numbers.
// It takes other times for other secrets, which does not matter where they are
// about to be printed.

// p448 is 2^448 - 2^224 - 1, the field of X448 and Ed448 (RFC 7748 section 4.2).
var p448 = sync.OnceValue(func() *big.Int {
	p := new(big.Int).Lsh(big.NewInt(1), 448)
	p.Sub(p, new(big.Int).Lsh(big.NewInt(1), 224))
	return p.Sub(p, big.NewInt(1))
})

// littleEndian reads and writes numbers of the 448 curves.
func littleEndian(octets []byte) *big.Int {
	reversed := slices.Clone(octets)
	slices.Reverse(reversed)
	return new(big.Int).SetBytes(reversed)
}

func toLittleEndian(n *big.Int, size int) []byte {
	octets := n.FillBytes(make([]byte, size))
	slices.Reverse(octets)
	return octets
}

// field is arithmetic modulo a prime.
type field struct{ p *big.Int }

func (f field) add(a, b *big.Int) *big.Int { return f.mod(new(big.Int).Add(a, b)) }
func (f field) sub(a, b *big.Int) *big.Int { return f.mod(new(big.Int).Sub(a, b)) }
func (f field) mul(a, b *big.Int) *big.Int { return f.mod(new(big.Int).Mul(a, b)) }
func (f field) inv(a *big.Int) *big.Int    { return new(big.Int).ModInverse(a, f.p) }
func (f field) mod(a *big.Int) *big.Int    { return a.Mod(a, f.p) }

// x448Public multiplies the base point 5 (RFC 7748 section 5).
func x448Public(seed []byte) []byte {
	clamped := slices.Clone(seed)
	clamped[0] &= 252
	clamped[55] |= 128
	k, f := littleEndian(clamped), field{p448()}
	u, a24 := big.NewInt(5), big.NewInt(39081)
	x2, z2, x3, z3 := big.NewInt(1), big.NewInt(0), big.NewInt(5), big.NewInt(1)
	for t := 447; t >= 0; t-- {
		bit := k.Bit(t) == 1
		if bit {
			x2, x3, z2, z3 = x3, x2, z3, z2
		}
		a, b, c, d := f.add(x2, z2), f.sub(x2, z2), f.add(x3, z3), f.sub(x3, z3)
		aa, bb, da, cb := f.mul(a, a), f.mul(b, b), f.mul(d, a), f.mul(c, b)
		e, sum, difference := f.sub(aa, bb), f.add(da, cb), f.sub(da, cb)
		x3, z3 = f.mul(sum, sum), f.mul(u, f.mul(difference, difference))
		x2, z2 = f.mul(aa, bb), f.mul(e, f.add(aa, f.mul(a24, e)))
		if bit {
			x2, x3, z2, z3 = x3, x2, z3, z2
		}
	}
	return toLittleEndian(f.mul(x2, f.inv(z2)), 56)
}

// ed448Public hashes the seed and multiplies the base point (RFC 8032 section 5.2.5).
func ed448Public(seed []byte) []byte {
	hashed := sha3.SumSHAKE256(seed, 114)[:57]
	hashed[0] &= 252
	hashed[55] |= 128
	hashed[56] = 0
	k, f := littleEndian(hashed), field{p448()}
	d := big.NewInt(-39081)
	bx, _ := new(big.Int).SetString("224580040295924300187604334099896036246789641632564134246125461686950415467406032909029192869357953282578032075146446173674602635247710", 10)
	by, _ := new(big.Int).SetString("298819210078481492676017930443930673437544040154080242095928241372331506189835876003536878655418784733982303233503462500531545062832660", 10)
	x, y := big.NewInt(0), big.NewInt(1)
	for t := 447; t >= 0; t-- {
		x, y = f.edwards(d, x, y, x, y)
		if k.Bit(t) == 1 {
			x, y = f.edwards(d, x, y, bx, by)
		}
	}
	octets := toLittleEndian(y, 57)
	octets[56] |= byte(x.Bit(0)) << 7
	return octets
}

// edwards adds two points of x^2 + y^2 = 1 + d x^2 y^2.
func (f field) edwards(d, x1, y1, x2, y2 *big.Int) (x, y *big.Int) {
	one := big.NewInt(1)
	product := f.mul(d, f.mul(f.mul(x1, x2), f.mul(y1, y2)))
	x = f.mul(f.add(f.mul(x1, y2), f.mul(y1, x2)), f.inv(f.add(one, product)))
	y = f.mul(f.sub(f.mul(y1, y2), f.mul(x1, x2)), f.inv(f.sub(one, product)))
	return x, y
}

// p192 is secp192r1 (SEC 2 section 2.2.2).
func p192() elliptic.Curve {
	number := func(hex string) *big.Int {
		n, _ := new(big.Int).SetString(hex, 16)
		return n
	}
	return &elliptic.CurveParams{
		Name: "P-192", BitSize: 192,
		P:  number("fffffffffffffffffffffffffffffffeffffffffffffffff"),
		N:  number("ffffffffffffffffffffffff99def836146bc9b1b4d22831"),
		B:  number("64210519e59c80e70fa7e9ab72243049feb8deecc146b9b1"),
		Gx: number("188da80eb03090f67cbf20eb43a18800f4ff0afd82ff1012"),
		Gy: number("07192b95ffc8da78631011ed6b24cdd573f977a11e794811"),
	}
}

// scalarBaseMult multiplies the base point of a curve with a = -3.
func scalarBaseMult(c *elliptic.CurveParams, k *big.Int) (x, y *big.Int) {
	f := field{c.P}
	for t := k.BitLen() - 1; t >= 0; t-- {
		x, y = f.weierstrass(x, y, x, y)
		if k.Bit(t) == 1 {
			x, y = f.weierstrass(x, y, c.Gx, c.Gy)
		}
	}
	if x == nil {
		return new(big.Int), new(big.Int)
	}
	return x, y
}

// weierstrass adds two points of y^2 = x^3 - 3x + b; nil is the point at infinity.
func (f field) weierstrass(x1, y1, x2, y2 *big.Int) (x, y *big.Int) {
	switch {
	case x1 == nil:
		return x2, y2
	case x2 == nil:
		return x1, y1
	}
	var slope *big.Int
	switch {
	case x1.Cmp(x2) != 0:
		slope = f.mul(f.sub(y2, y1), f.inv(f.sub(x2, x1)))
	case y1.Cmp(y2) != 0 || y1.Sign() == 0:
		return nil, nil
	default:
		square := f.mul(x1, x1)
		slope = f.mul(f.sub(f.mul(big.NewInt(3), square), big.NewInt(3)), f.inv(f.add(y1, y1)))
	}
	x = f.sub(f.sub(f.mul(slope, slope), x1), x2)
	return x, f.sub(f.mul(slope, f.sub(x1, x)), y1)
}
