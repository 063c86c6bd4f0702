package encoding

import (
	"bufio"
	"compress/zlib"
	"errors"
	"fmt"
	"io"

	"vncsec/vncserve/rfb"
)

// zlibSource is the reader's side of a zlib stream that comes in pieces, one with
// each rectangle. The decompressor keeps its window from one to the next.
type zlibSource struct {
	in    zlibInput
	z     io.Reader // nil until there was a stream
	out   *bufio.Reader
	begun bool // the stream's header has come
}

func newZlibSource() *zlibSource { return &zlibSource{out: bufio.NewReader(nil)} }

// begin starts a piece, whose length comes first on r.
func (s *zlibSource) begin(r io.Reader) (*bufio.Reader, error) {
	n, err := rfb.ReadUint32(r)
	if err != nil {
		return nil, err
	}
	return s.beginPiece(r, int64(n))
}

// beginPiece starts a piece of n bytes.
func (s *zlibSource) beginPiece(r io.Reader, n int64) (*bufio.Reader, error) {
	s.in.piece = io.LimitedReader{R: r, N: n}
	if s.begun {
		return s.out, nil
	}
	if err := s.readHeader(); err != nil {
		return nil, err
	}
	s.out.Reset(s.z)
	s.begun = true
	return s.out, nil
}

func (s *zlibSource) readHeader() (err error) {
	if again, ok := s.z.(zlib.Resetter); ok {
		return again.Reset(&s.in, nil)
	}
	s.z, err = zlib.NewReader(&s.in)
	return err
}

// restart makes the next piece the first of a new stream.
func (s *zlibSource) restart() {
	s.begun = false
	s.in.r, s.in.w = 0, 0
}

// maxTail bounds what a piece may hold after the last byte of data. A flush leaves
// less than ten bytes there, which the next piece needs.
const maxTail = 1 << 10

// end checks that the rectangle used the whole piece.
func (s *zlibSource) end() error {
	if n := s.out.Buffered(); n > 0 {
		return fmt.Errorf("%d bytes more than its pixels need", n)
	}
	return s.in.keepTail()
}

// zlibInput hands out the compressed bytes of a piece and, before them, those left
// over from earlier ones. As an io.ByteReader it keeps zlib from reading ahead.
type zlibInput struct {
	piece io.LimitedReader
	buf   [4 << 10]byte
	r, w  int // buf[r:w] is there to be read
}

// ReadByte implements io.ByteReader.
func (in *zlibInput) ReadByte() (byte, error) {
	if in.r == in.w {
		n, err := in.piece.Read(in.buf[:])
		if n == 0 {
			if err == nil {
				err = io.ErrNoProgress
			}
			return 0, err
		}
		in.r, in.w = 0, n
	}
	b := in.buf[in.r]
	in.r++
	return b, nil
}

// Read implements io.Reader, which zlib asks for beside io.ByteReader.
func (in *zlibInput) Read(p []byte) (int, error) {
	for i := range p {
		b, err := in.ReadByte()
		if err != nil {
			return i, err
		}
		p[i] = b
	}
	return len(p), nil
}

// keepTail reads the rest of the piece, to go before the next one.
func (in *zlibInput) keepTail() error {
	in.w = copy(in.buf[:], in.buf[in.r:in.w])
	in.r = 0
	if int64(in.w)+in.piece.N > maxTail {
		return errors.New("compressed data goes on after its last pixel")
	}
	n, err := io.ReadFull(&in.piece, in.buf[in.w:in.w+int(in.piece.N)])
	in.w += n
	return err
}
