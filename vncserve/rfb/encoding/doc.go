// Package encoding turns pictures into the rectangles of RFB framebuffer updates and
// back: Raw, CopyRect and ZRLE, and the pseudo-encodings for desktop sizes, names
// and cursors (RFC 6143 sections 7.7 and 7.8, and rfbproto).
//
// Encoders append to byte slices and keep nothing of a viewer, so what they make can
// be sent to every viewer with the same pixel format. ZRLE, whose zlib stream would
// tie the bytes to one viewer, is made of segments that refer to nothing before
// them; a ZlibStream puts them together for a viewer.
//
// Decoder is the viewer's side. It trusts nothing: every size is bounded and every
// rectangle must lie within the picture.
package encoding
