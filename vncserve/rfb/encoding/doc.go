// Package encoding turns pictures into the rectangles of RFB framebuffer updates and
// back: Raw, CopyRect, RRE, Hextile, Zlib, ZRLE, Tight and TightPNG, and the
// pseudo-encodings for desktop sizes, names and cursors (RFC 6143 sections 7.7 and 7.8,
// and rfbproto).
//
// Encoders keep nothing of a viewer: Encode makes the same bytes for all that want the
// same Form, and they are sent to each of them. Zlib, ZRLE and Tight, whose zlib streams
// would tie the bytes to one viewer, are made of segments that refer to nothing before
// their piece; Streams remembers which of a viewer's streams have begun.
//
// Decoder is the viewer's side. It trusts nothing: every size is bounded and every
// rectangle must lie within the picture.
package encoding
