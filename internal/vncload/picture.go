package main

import (
	"fmt"
	"path/filepath"
	"slices"
	"time"

	"vncsec/internal/samplescreen"
	"vncsec/vncserve/rfb"
	"vncsec/vncserve/rfb/encoding"
)

// measurePicture compares what it costs to encode a picture that changes all the time,
// for one viewer inside TLS: a desktop against TigerVNC's Xvnc, pages of text against
// QEMU. All have the same pictures. Encodings are lossless.
func measurePicture(o options) error {
	if err := o.againstXvnc(); err != nil {
		return err
	}
	return o.againstQEMU()
}

// againstXvnc has Xvnc encode the same desktop for each request. Ours moves by a line.
func (o options) againstXvnc() error {
	desktop, err := samplescreen.Desktop(1024, 768, 0)
	if err != nil {
		return err
	}
	picture := &encoding.Picture{Width: desktop.Width, Height: desktop.Height, Pix: desktop.Pix}
	xvnc, err := startXvnc(o, picture)
	if err != nil {
		return err
	}
	defer xvnc.stop()
	theirs := func(e rfb.Encoding) (cost, error) { return o.encode(xvnc, e, o.frames, still) }
	return o.compare("Xvnc", theirs, []*encoding.Picture{picture, lower(picture)}, o.frames,
		rfb.EncodingRaw, rfb.EncodingHextile, rfb.EncodingTight, rfb.EncodingZRLE)
}

// lower is a picture one line lower; what falls out comes in at the top.
func lower(p *encoding.Picture) *encoding.Picture {
	moved := encoding.NewPicture(p.Width, p.Height)
	copy(moved.Pix[p.Width:], p.Pix)
	copy(moved.Pix, p.Pix[p.Width*(p.Height-1):])
	return moved
}

// againstQEMU counts QEMU's CPU time while its guest rests, and what it sends while the
// guest turns pages: turning them takes time that is not the encoder's, and of a page
// that stays the same QEMU's streams have most still in their windows.
func (o options) againstQEMU() error {
	qemu, err := startQEMU(o)
	if err != nil {
		return err
	}
	defer qemu.stop()
	if err := o.settle(qemu); err != nil {
		return err
	}
	pages, err := o.pages(qemu, textPages)
	if err != nil {
		return err
	}
	frames := 5 * o.frames
	theirs := func(e rfb.Encoding) (cost, error) {
		resting, err := o.encode(qemu, e, frames, still)
		if err != nil {
			return cost{}, err
		}
		moving, err := o.encode(qemu, e, frames, turning)
		return cost{resting.milliseconds, moving.ratio}, err
	}
	return o.compare("QEMU", theirs, pages, frames, rfb.EncodingHextile, rfb.EncodingZRLE, rfb.EncodingTight)
}

// compare measures vncsec, which shows one picture after the other, and a peer.
func (o options) compare(name string, peer func(rfb.Encoding) (cost, error), pictures []*encoding.Picture, frames int, encodings ...rfb.Encoding) error {
	o.picture = filepath.Join(o.dir, name)
	if err := writePictures(o.picture, pictures); err != nil {
		return err
	}
	ours, err := startPeer("peer-picture", o)
	if err != nil {
		return err
	}
	defer ours.stop()
	for _, e := range encodings {
		theirs, err := peer(e)
		if err != nil {
			return fmt.Errorf("%s: %v: %w", name, e, err)
		}
		mine, err := o.encodeOurs(ours, e, frames)
		if err != nil {
			return fmt.Errorf("vncsec: %v: %w", e, err)
		}
		fmt.Printf("%dx%d %-8v %s %6.2f ms/MP at %6.2f:1, vncsec %6.2f ms/MP at %6.2f:1; CPU ratio %.2f, size ratio %.2f\n",
			pictures[0].Width, pictures[0].Height, e, name, theirs.milliseconds, theirs.ratio, mine.milliseconds, mine.ratio,
			mine.milliseconds/theirs.milliseconds, theirs.ratio/mine.ratio)
	}
	return nil
}

// encodeOurs counts the CPU time while the picture rests, as the peers' is, and what is sent
// while it changes.
func (o options) encodeOurs(s *server, e rfb.Encoding, frames int) (cost, error) {
	resting, err := o.encode(s, e, frames, damaged)
	if err != nil {
		return cost{}, err
	}
	moving, err := o.encode(s, e, frames, keyed)
	return cost{resting.milliseconds, moving.ratio}, err
}

// pages collects the pictures that a server turns over, each once.
func (o options) pages(s *server, n int) ([]*encoding.Picture, error) {
	v, err := o.look(s.addr, rfb.EncodingRaw)
	if err != nil {
		return nil, err
	}
	defer func() { _ = v.conn.Close() }()
	if err := v.turn(); err != nil {
		return nil, err
	}
	var pages []*encoding.Picture
	for range 50 * n {
		if err := v.frame(still); err != nil {
			return nil, err
		}
		known := func(p *encoding.Picture) bool { return equalPixels(p, v.decoder.Picture) }
		if !slices.ContainsFunc(pages, known) {
			pages = append(pages, clone(v.decoder.Picture))
		}
		if len(pages) == n {
			return pages, v.turn()
		}
	}
	return nil, fmt.Errorf("%s showed %d different pages, not %d", s.name, len(pages), n)
}

// cost is what a megapixel takes.
type cost struct{ milliseconds, ratio float64 }

// encode has a server encode its picture again and again. Frames that bring the picture
// that was there before count for the time only.
func (o options) encode(s *server, e rfb.Encoding, frames int, m motion) (cost, error) {
	v, err := o.look(s.addr, e)
	if err != nil {
		return cost{}, err
	}
	defer func() { _ = v.conn.Close() }()
	if m == turning {
		if err := v.turn(); err != nil {
			return cost{}, err
		}
	}
	var sent, fresh int
	take := func(n int) error {
		for range n {
			before, read := clone(v.decoder.Picture), v.in.read
			if err := v.frame(m); err != nil {
				return err
			}
			if m == still || m == damaged || !equalPixels(before, v.decoder.Picture) {
				sent, fresh = sent+v.in.read-read, fresh+1
			}
		}
		return nil
	}
	if err := take(5); err != nil {
		return cost{}, err
	}
	sent, fresh = 0, 0
	used, err := s.cpuOf(func() error { return take(frames) })
	if err != nil {
		return cost{}, err
	}
	if m == turning {
		if err := v.turn(); err != nil {
			return cost{}, err
		}
	}
	size := len(v.decoder.Picture.Pix)
	return cost{float64(used.Microseconds()) / 1000 / (float64(frames*size) / 1e6), 4 * float64(fresh*size) / float64(sent)}, nil
}

// settle waits until a server's picture has stayed the same for a while.
func (o options) settle(s *server) error {
	_, err := o.settled(s)
	return err
}

// settled gives what a server shows once that has stayed the same for a while.
func (o options) settled(s *server) (*encoding.Picture, error) {
	v, err := o.look(s.addr, rfb.EncodingRaw)
	if err != nil {
		return nil, err
	}
	defer func() { _ = v.conn.Close() }()
	var last *encoding.Picture
	for same := 0; same < 3; same++ {
		if err := v.frame(still); err != nil {
			return nil, err
		}
		if last == nil || !equalPixels(last, v.decoder.Picture) {
			same = -1
		}
		last = clone(v.decoder.Picture)
		time.Sleep(time.Second)
	}
	return last, nil
}

func clone(p *encoding.Picture) *encoding.Picture {
	return &encoding.Picture{Width: p.Width, Height: p.Height, Pix: slices.Clone(p.Pix)}
}

// equalPixels compares all but what a letter of a page takes.
func equalPixels(a, b *encoding.Picture) bool {
	const letter = 9 * 16
	if a.Bounds() != b.Bounds() {
		return false
	}
	different := 0
	for i := range a.Pix {
		if a.Pix[i] != b.Pix[i] {
			different++
		}
	}
	return different <= letter
}
