package cyrus

import (
	"strings"
	"unsafe"
)

// maxText bounds a text that is read out of C memory.
const maxText = 64 << 10

// text copies a C string, and gives "" for NULL.
func text(p *byte) string {
	if p == nil {
		return ""
	}
	n := 0
	for n < maxText && *(*byte)(unsafe.Add(unsafe.Pointer(p), n)) != 0 {
		n++
	}
	return strings.Clone(unsafe.String(p, n))
}

// data copies C memory, and keeps NULL, which is nil, apart from empty.
func data(p *byte, length uint32) []byte {
	if p == nil {
		return nil
	}
	return append([]byte{}, unsafe.Slice(p, length)...)
}

// cString copies text and adds the NUL that ends it in C.
func cString[T string | []byte](s T) []byte {
	copied := make([]byte, len(s)+1)
	copy(copied, s)
	return copied
}

// terminated copies bytes and adds a NUL; nil stays nil, which is NULL in C.
func terminated(b []byte) []byte {
	if b == nil {
		return nil
	}
	return cString(b)
}

// optional makes a C string; an empty one is NULL.
func optional(s string) *byte {
	if s == "" {
		return nil
	}
	return &cString(s)[0]
}

// first is where a buffer begins; NULL for nil.
func first(b []byte) *byte {
	if b == nil {
		return nil
	}
	return unsafe.SliceData(b)
}

// pointer makes an address that came out of C memory a pointer.
func pointer(address uintptr) unsafe.Pointer {
	return *(*unsafe.Pointer)(unsafe.Pointer(&address))
}
