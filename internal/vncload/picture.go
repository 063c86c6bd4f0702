package main

import (
	"bufio"
	"errors"
	"fmt"
	"path/filepath"
	"time"

	"vncsec/internal/samplescreen"
	"vncsec/vncserve/rfb"
	"vncsec/vncserve/rfb/encoding"
)

// measurePicture compares what it costs to encode a picture that changes all the time,
// for one viewer inside TLS: a desktop against TigerVNC's Xvnc, a page of text against
// QEMU. All have the same picture. Encodings are lossless.
func measurePicture(o options) error {
	desktop, err := samplescreen.Desktop(1024, 768, 0)
	if err != nil {
		return err
	}
	if err := o.against(startXvnc, "Xvnc", &encoding.Picture{Width: desktop.Width, Height: desktop.Height, Pix: desktop.Pix}, o.frames,
		rfb.EncodingRaw, rfb.EncodingHextile, rfb.EncodingTight, rfb.EncodingZRLE); err != nil {
		return err
	}
	return o.against(startQEMU, "QEMU", nil, 5*o.frames, rfb.EncodingHextile, rfb.EncodingZRLE, rfb.EncodingTight)
}

// against measures vncsec and a peer. Without a picture it is what the peer shows.
func (o options) against(start func(o options, picture *encoding.Picture) (*server, error), name string, picture *encoding.Picture, frames int, encodings ...rfb.Encoding) error {
	peer, err := start(o, picture)
	if err != nil {
		return err
	}
	defer peer.stop()
	if picture == nil {
		if picture, err = o.settled(peer); err != nil {
			return err
		}
	}
	o.picture = filepath.Join(o.dir, name+".png")
	if err := writePNG(o.picture, picture); err != nil {
		return err
	}
	ours, err := startPeer("peer-picture", o)
	if err != nil {
		return err
	}
	defer ours.stop()
	for _, e := range encodings {
		theirs, err := o.encode(peer, e, frames, false)
		if err != nil {
			return fmt.Errorf("%s: %v: %w", name, e, err)
		}
		mine, err := o.encode(ours, e, frames, true)
		if err != nil {
			return fmt.Errorf("vncsec: %v: %w", e, err)
		}
		fmt.Printf("%dx%d %-8v %s %6.2f ms/MP at %6.2f:1, vncsec %6.2f ms/MP at %6.2f:1; CPU ratio %.2f, size ratio %.2f\n",
			picture.Width, picture.Height, e, name, theirs.milliseconds, theirs.ratio, mine.milliseconds, mine.ratio,
			mine.milliseconds/theirs.milliseconds, theirs.ratio/mine.ratio)
	}
	return nil
}

// cost is what a megapixel takes.
type cost struct{ milliseconds, ratio float64 }

// encode has a server encode its picture again and again. Ours changes it at each key;
// the peers encode it anew for each request that is not incremental.
func (o options) encode(s *server, e rfb.Encoding, frames int, changing bool) (cost, error) {
	v, err := o.look(s.addr, e)
	if err != nil {
		return cost{}, err
	}
	defer func() { _ = v.conn.Close() }()
	if err := v.frames(5, changing); err != nil {
		return cost{}, err
	}
	v.in.read = 0
	used, err := s.cpuOf(func() error { return v.frames(frames, changing) })
	if err != nil {
		return cost{}, err
	}
	pixels := float64(frames * len(v.decoder.Picture.Pix))
	return cost{float64(used.Microseconds()) / 1000 / (pixels / 1e6), 4 * pixels / float64(v.in.read)}, nil
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

// frames takes n full pictures.
func (v *looker) frames(n int, changing bool) error {
	for range n {
		if changing {
			if _, err := v.conn.Write(rfb.KeyEvent{Down: true, Key: 'x'}.AppendWire(nil)); err != nil {
				return err
			}
		}
		if err := v.request(changing); err != nil {
			return err
		}
		if err := v.picture(); err != nil {
			return err
		}
	}
	return nil
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

// settled gives what a server shows once that has stayed the same for a while.
func (o options) settled(s *server) (*encoding.Picture, error) {
	v, err := o.look(s.addr, rfb.EncodingRaw)
	if err != nil {
		return nil, err
	}
	defer func() { _ = v.conn.Close() }()
	var last *encoding.Picture
	for same := 0; same < 3; same++ {
		if err := v.frames(1, false); err != nil {
			return nil, err
		}
		p := v.decoder.Picture
		if last == nil || last.Bounds() != p.Bounds() || !equalPixels(last, p) {
			same = -1
		}
		last = &encoding.Picture{Width: p.Width, Height: p.Height, Pix: append([]uint32(nil), p.Pix...)}
		time.Sleep(time.Second)
	}
	return last, nil
}

// equalPixels compares all but what a letter of a page takes.
func equalPixels(a, b *encoding.Picture) bool {
	const letter = 9 * 16
	different := 0
	for i := range a.Pix {
		if a.Pix[i] != b.Pix[i] {
			different++
		}
	}
	return different <= letter
}
