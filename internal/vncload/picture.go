package main

import (
	"bufio"
	"errors"
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

// The keys of the pictures.
const (
	turnKey   rfb.Keysym = 'x'
	damageKey rfb.Keysym = 'd'
)

// motion is how a server's picture changes.
type motion int

const (
	still   motion = iota // it does not: it is encoded anew for requests that are not incremental
	damaged               // it does not, but each key has it encoded anew
	keyed                 // at each key
	turning               // at each tick, once a key was pressed
)

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

// looker is a viewer that decodes what it gets.
type looker struct {
	watcher
	decoder *encoding.Decoder
}

// look connects with one encoding.
func (o options) look(addr string, e rfb.Encoding) (*looker, error) {
	config, err := viewerConfig(o.dir)
	if err != nil {
		return nil, err
	}
	conn, err := logIn(addr, config)
	if err != nil {
		return nil, err
	}
	v := &looker{watcher: watcher{conn, &counter{Reader: bufio.NewReaderSize(conn, 64<<10)}}}
	if err := v.begin(e); err != nil {
		return nil, errors.Join(err, conn.Close())
	}
	return v, nil
}

func (v *looker) begin(e rfb.Encoding) error {
	if err := v.conn.SetDeadline(time.Now().Add(5 * time.Minute)); err != nil {
		return err
	}
	init, err := rfb.ReadServerInit(v.in)
	if err != nil {
		return err
	}
	if v.decoder, err = encoding.NewDecoder(rfb.Canonical, int(init.Width), int(init.Height)); err != nil {
		return err
	}
	b := rfb.SetPixelFormat{Format: rfb.Canonical}.AppendWire(nil)
	b = rfb.SetEncodings{Encodings: []rfb.Encoding{e, rfb.EncodingLastRect, rfb.EncodingDesktopSize}}.AppendWire(b)
	_, err = v.conn.Write(b)
	return err
}

// turn presses the key that starts and ends the turning of pages.
func (v *looker) turn() error {
	b := rfb.KeyEvent{Down: true, Key: turnKey}.AppendWire(nil)
	_, err := v.conn.Write(rfb.KeyEvent{Key: turnKey}.AppendWire(b))
	return err
}

// frame takes a full picture. The server has one thing to read for it.
func (v *looker) frame(m motion) error {
	var b []byte
	key := map[motion]rfb.Keysym{keyed: turnKey, damaged: damageKey}[m]
	if key != 0 {
		b = rfb.KeyEvent{Down: true, Key: key}.AppendWire(b)
	}
	request := screen
	request.Incremental = key != 0
	if _, err := v.conn.Write(request.AppendWire(b)); err != nil {
		return err
	}
	return v.picture()
}

// picture reads updates until all pixels have come.
func (v *looker) picture() error {
	for left := len(v.decoder.Picture.Pix); left > 0; {
		m, err := rfb.ReadServerMessage(v.in)
		if err != nil {
			return err
		}
		update, ok := m.(rfb.FramebufferUpdate)
		if !ok {
			continue
		}
		headers, err := v.decoder.Update(v.in, update)
		if err != nil {
			return err
		}
		pixels := 0
		resized := false
		for _, h := range headers {
			if h.Encoding < 0 {
				resized = true
				continue
			}
			pixels += int(h.Width) * int(h.Height)
		}
		left -= pixels
		if pixels == 0 || resized { // QEMU answers the first request without pixels
			left = len(v.decoder.Picture.Pix)
			if err := v.request(false); err != nil {
				return err
			}
		}
	}
	return nil
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
