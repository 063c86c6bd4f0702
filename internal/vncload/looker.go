package main

import (
	"bufio"
	"errors"
	"time"

	"vncsec/vncserve/rfb"
	"vncsec/vncserve/rfb/encoding"
)

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
