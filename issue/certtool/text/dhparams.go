package text

// DHParameters describes a Diffie-Hellman group, or, as C source, with --cprint. The
// numbers are octets, big-endian.
func DHParameters(generator, prime []byte, source bool) []byte {
	w := keyWriter{source: source}
	w.number("generator", generator)
	w.number("prime", prime)
	return w.Bytes()
}
