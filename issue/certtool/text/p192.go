package text

import (
	"crypto/elliptic"
	"math/big"
)

// secp192r1, which Go's library lacks, computed with big numbers. It takes other times
// for other secrets, which does not matter where they are about to be printed.

// field is arithmetic modulo a prime.
type field struct{ p *big.Int }

func (f field) add(a, b *big.Int) *big.Int { return f.mod(new(big.Int).Add(a, b)) }
func (f field) sub(a, b *big.Int) *big.Int { return f.mod(new(big.Int).Sub(a, b)) }
func (f field) mul(a, b *big.Int) *big.Int { return f.mod(new(big.Int).Mul(a, b)) }
func (f field) inv(a *big.Int) *big.Int    { return new(big.Int).ModInverse(a, f.p) }
func (f field) mod(a *big.Int) *big.Int    { return a.Mod(a, f.p) }

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
