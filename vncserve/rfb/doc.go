// Package rfb holds the wire side of the Remote Framebuffer protocol, versions
// 3.3, 3.7 and 3.8: the handshake, the messages of both sides, pixel formats, and
// a connection whose transport can be exchanged for TLS under the protocol.
//
// Every read is bounded; nothing here keeps state between messages. The references
// are RFC 6143 (RFB), the community's rfbproto document (VeNCrypt and the
// extensions) and, where they are silent, what QEMU does.
package rfb
