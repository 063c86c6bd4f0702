package main

import (
	"encoding/binary"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"time"

	"vncsec/vncserve/rfb/encoding"
)

// startXvnc starts TigerVNC's server with a window that shows a picture.
func startXvnc(o options, picture *encoding.Picture) (*server, error) {
	path := filepath.Join(o.dir, "window.xwd")
	if err := writeXWD(path, picture); err != nil {
		return nil, err
	}
	s, display, err := o.runXvnc(picture.Width, picture.Height)
	if err != nil {
		return nil, err
	}
	// It ends with its X server.
	show := exec.Command("xwud", "-in", path, "-noclick", "-geometry", "+0+0")
	show.Env = append(os.Environ(), "DISPLAY="+display)
	if err := show.Start(); err != nil {
		s.stop()
		return nil, fmt.Errorf("showing the picture in Xvnc: %w", err)
	}
	go func() { _ = show.Wait() }()
	shown, err := o.settled(s)
	if err == nil && !equalPixels(shown, picture) {
		err = errors.New("the picture is not shown by Xvnc")
	}
	if err != nil {
		s.stop()
		return nil, err
	}
	return s, nil
}

// runXvnc starts TigerVNC's server and gives its X display.
func (o options) runXvnc(width, height int, more ...string) (_ *server, display string, err error) {
	port, err := freePort()
	if err != nil {
		return nil, "", err
	}
	display = ":" + strconv.Itoa(port)
	args := append([]string{"Xtigervnc", display, "-rfbport", strconv.Itoa(port),
		"-geometry", fmt.Sprintf("%dx%d", width, height), "-depth", "24", "-localhost",
		"-nolisten", "tcp", "-SecurityTypes", "X509None",
		"-X509Cert", filepath.Join(o.dir, "server-cert.pem"), "-X509Key", filepath.Join(o.dir, "server-key.pem")}, more...)
	s, err := startQuiet("Xvnc", port, args...)
	return s, display, err
}

// writeXWD writes a dump of a window, version 7 (X11/XWDFile.h).
func writeXWD(path string, picture *encoding.Picture) error {
	const (
		headerSize, version = 100, 7
		zPixmap, trueColour = 2, 4
		msbFirst            = 1
	)
	width, height := uint32(picture.Width), uint32(picture.Height)
	var b []byte
	for _, field := range []uint32{
		headerSize + 1, version, zPixmap, 24, width, height, 0, msbFirst, 32, msbFirst, 32, 32, 4 * width,
		trueColour, 0xff0000, 0xff00, 0xff, 8, 256, 0, width, height, 0, 0, 0,
	} {
		b = binary.BigEndian.AppendUint32(b, field)
	}
	b = append(b, 0) // the end of a name of no letters
	for _, p := range picture.Pix {
		b = binary.BigEndian.AppendUint32(b, p)
	}
	return os.WriteFile(path, b, 0o600)
}

// startQuiet starts a server that does not say when it listens at a port.
func startQuiet(name string, port int, argv ...string) (*server, error) {
	s := &server{name: name, addr: "127.0.0.1:" + strconv.Itoa(port), cmd: exec.Command(argv[0], argv[1:]...)}
	if err := s.cmd.Start(); err != nil {
		return nil, err
	}
	for range 200 {
		if c, err := net.Dial("tcp", s.addr); err == nil {
			return s, c.Close()
		}
		time.Sleep(50 * time.Millisecond)
	}
	s.stop()
	return nil, fmt.Errorf("%s does not listen at %s", name, s.addr)
}

// freePort gives a port that nobody has now, and that is a display's number as well.
func freePort() (int, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	return l.Addr().(*net.TCPAddr).Port, l.Close()
}
