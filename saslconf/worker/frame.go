package worker

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// Bounds of a frame, for both ends. Data has room for the largest message that a viewer
// may send, 1 MiB, and for what a security layer adds to it.
const (
	maxHeader = 64 << 10
	maxData   = 2 << 20
)

// errFrame says that the other end breaks the protocol.
var errFrame = errors.New("the frame is malformed")

// writeFrame sends a header, which becomes JSON, and data, whose absence (nil) differs from
// emptiness. A frame is: the length of the header, the length of the data plus one or 0 for
// none, both four bytes in network order; the header; the data.
func writeFrame(w io.Writer, header any, data []byte) error {
	text, err := json.Marshal(header)
	if err != nil {
		return err
	}
	if len(text) > maxHeader || len(data) > maxData {
		return fmt.Errorf("%w: a header of %d bytes with %d bytes of data is too long", errFrame, len(text), len(data))
	}
	frame := make([]byte, 8, 8+len(text)+len(data))
	defer func() { clear(frame[:cap(frame)]) }() // there may be a password in it
	binary.BigEndian.PutUint32(frame, uint32(len(text)))
	if data != nil {
		binary.BigEndian.PutUint32(frame[4:], uint32(len(data))+1)
	}
	frame = append(append(frame, text...), data...)
	_, err = w.Write(frame)
	return err
}

// readFrame receives what writeFrame sent. An io.EOF means that the other end is gone and
// left no frame half done.
func readFrame(r io.Reader, header any) (data []byte, err error) {
	var lengths [8]byte
	if _, err := io.ReadFull(r, lengths[:]); err != nil {
		return nil, err
	}
	headerLen, dataLen := binary.BigEndian.Uint32(lengths[:]), binary.BigEndian.Uint32(lengths[4:])
	if headerLen > maxHeader || dataLen > maxData+1 {
		return nil, fmt.Errorf("%w: it claims a header of %d bytes and %d bytes of data", errFrame, headerLen, dataLen)
	}
	text := make([]byte, headerLen)
	if _, err := io.ReadFull(r, text); err != nil {
		return nil, cutOff(err)
	}
	if err := json.Unmarshal(text, header); err != nil {
		return nil, fmt.Errorf("%w: %v", errFrame, err)
	}
	if dataLen == 0 {
		return nil, nil
	}
	data = make([]byte, dataLen-1)
	if _, err := io.ReadFull(r, data); err != nil {
		return nil, cutOff(err)
	}
	return data, nil
}

// cutOff tells the end within a frame from the end after one.
func cutOff(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}
