"""A viewer made of gvnc, the library below gtk-vnc's widget, which needs no screen
and takes pixels in any format.

Usage: gvnc.py SOCKET FORMAT ENCODING...

SOCKET is the path of a UNIX socket, FORMAT has the ten numbers of a pixel format in the order of the wire, ENCODING is
a number. For each line on standard input it writes its picture to standard output
as a PAM file, of no pixels as long as there is none. It ends when its standard
input does.
"""

import ctypes
import socket
import sys
import threading

import gi

gi.require_version("GVnc", "1.0")
from gi.repository import GLib, GVnc

NO_AUTHENTICATION = 1
ENDIANNESS = {0: 1234, 1: 4321}


def pixel_format(bits, depth, big_endian, true_colour, *colours):
    f = GVnc.PixelFormat.new()
    f.bits_per_pixel, f.depth = bits, depth
    f.byte_order, f.true_color_flag = ENDIANNESS[big_endian], true_colour
    f.red_max, f.green_max, f.blue_max, f.red_shift, f.green_shift, f.blue_shift = colours
    return f


# The four bytes of a pixel of the picture are blue, green, red and nothing, as the widget
# has them; gvnc does not put JPEG images into others.
SHOWN = pixel_format(32, 24, 0, 1, 255, 255, 255, 16, 8, 0)


class Viewer:
    def __init__(self, wanted, encodings):
        self.wanted, self.encodings = wanted, encodings
        self.width = self.height = 0
        self.shown = False
        self.connection = c = GVnc.Connection.new()
        c.set_shared(True)
        c.connect("vnc-auth-choose-type", lambda *_: c.set_auth_type(NO_AUTHENTICATION))
        c.connect("vnc-initialized", self.initialized)
        c.connect("vnc-desktop-resize", lambda _, width, height: self.make_picture(width, height))
        c.connect("vnc-framebuffer-update", self.updated)
        c.connect("vnc-error", lambda _, text: print(text, file=sys.stderr))
        c.connect("vnc-disconnected", lambda *_: print("disconnected", file=sys.stderr))

    def initialized(self, c):
        if not (c.set_pixel_format(self.wanted) and c.set_encodings(self.encodings)):
            print("gvnc does not take the format or the encodings", file=sys.stderr)
        self.make_picture(c.get_width(), c.get_height())
        c.framebuffer_update_request(False, 0, 0, self.width, self.height)

    def make_picture(self, width, height):
        self.width, self.height = width, height
        self.pixels = ctypes.create_string_buffer(4 * width * height)
        self.picture = GVnc.BaseFramebuffer(
            buffer=capsule(self.pixels), width=width, height=height, rowstride=4 * width,
            local_format=SHOWN, remote_format=self.wanted)
        self.connection.set_framebuffer(self.picture)

    def updated(self, c, *_):
        self.shown = True
        c.framebuffer_update_request(True, 0, 0, self.width, self.height)

    def write(self):
        width, height = (self.width, self.height) if self.shown else (0, 0)
        out = sys.stdout.buffer
        out.write(b"P7\nWIDTH %d\nHEIGHT %d\nDEPTH 4\nMAXVAL 255\nTUPLTYPE RGB_ALPHA\nENDHDR\n" % (width, height))
        if self.shown:
            pixels = bytearray(self.pixels)
            pixels[0::4], pixels[2::4] = pixels[2::4], pixels[0::4]
            pixels[3::4] = b"\xff" * (width * height)
            out.write(pixels)
        out.flush()


def capsule(buffer):
    """Wrap a buffer's address in what a property of type gpointer takes."""
    new = ctypes.pythonapi.PyCapsule_New
    new.restype, new.argtypes = ctypes.py_object, [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_void_p]
    return new(ctypes.addressof(buffer), None, None)


def main():
    path, wanted, *encodings = sys.argv[1:]
    viewer = Viewer(pixel_format(*map(int, wanted.split())), list(map(int, encodings)))
    loop = GLib.MainLoop()

    def read_lines():
        for _ in sys.stdin:
            GLib.idle_add(viewer.write)
        GLib.idle_add(loop.quit)

    threading.Thread(target=read_lines, daemon=True).start()
    server = socket.socket(socket.AF_UNIX)
    server.connect(path)
    viewer.connection.open_fd(server.detach())
    loop.run()


main()
