package display

const (
	// sendSize is how much is sent at a time: what a viewer that stalls keeps waiting
	// here, beside bytes that are shared.
	sendSize = 32 << 10
	// shortPiece is the size up to which bytes are copied rather than sent by themselves.
	shortPiece = 8 << 10
)

// share sends what other viewers may get as well, or leaves it waiting if it is short.
func (u *update) share(part []byte) error {
	if len(part) <= shortPiece {
		u.out = append(u.out, part...)
		return u.flushLarge()
	}
	if err := u.flush(); err != nil {
		return err
	}
	return u.send(part)
}

// flushLarge sends what waits if it is much.
func (u *update) flushLarge() error {
	if len(u.out) < sendSize {
		return nil
	}
	return u.flush()
}

// flush sends what waits.
func (u *update) flush() error {
	out := u.out
	u.out = u.out[:0]
	return u.send(out)
}

// send sends b, a part at a time.
func (u *update) send(b []byte) error {
	u.sent += len(b)
	for len(b) > 0 {
		part := b[:min(len(b), sendSize)]
		if err := u.s.send(u.stream, part); err != nil {
			return err
		}
		b = b[len(part):]
	}
	return nil
}
