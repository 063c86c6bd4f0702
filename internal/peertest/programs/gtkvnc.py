"""A viewer made of gtk-vnc's widget, driven by a test.

Usage: gtkvnc.py SETTINGS, a JSON object:

    host, port      where to connect, or
    socket          the path of a UNIX socket
    password, username, clientname
                    what to answer when gtk-vnc asks
    colours         how many of them the pixel format shall have; 0 is what the
                    server prefers
    encodings       the numbers of those to offer, in place of gtk-vnc's own list

Reads commands from standard input and writes what happens to standard output,
both as one JSON object a line. It ends when its standard input does.
"""

import json
import socket
import sys
import threading

import gi

gi.require_version("Gtk", "3.0")
gi.require_version("GtkVnc", "2.0")
from gi.repository import GLib, Gtk, GtkVnc

CREDENTIALS = {
    GtkVnc.DisplayCredential.PASSWORD: "password",
    GtkVnc.DisplayCredential.USERNAME: "username",
    GtkVnc.DisplayCredential.CLIENTNAME: "clientname",
}

DEPTHS = {
    0: GtkVnc.DisplayDepthColor.DEFAULT,
    8: GtkVnc.DisplayDepthColor.ULTRA_LOW,
    256: GtkVnc.DisplayDepthColor.LOW,
    65536: GtkVnc.DisplayDepthColor.MEDIUM,
}


def tell(event, **details):
    print(json.dumps({"event": event, **details}), flush=True)


class Viewer:
    def __init__(self, settings):
        self.settings = settings
        self.display = GtkVnc.Display()
        self.display.set_shared_flag(True)
        self.display.set_depth(DEPTHS[settings["colours"]])
        self.window = Gtk.Window(title="gtk-vnc")
        self.window.add(self.display)
        self.watch()
        self.window.show_all()
        self.display.grab_focus()

    def watch(self):
        display = self.display
        display.connect("vnc-connected", lambda *_: tell("connected"))
        display.connect("vnc-initialized", self.initialized)
        display.connect("vnc-desktop-resize", lambda _, w, h: tell("size", width=w, height=h))
        display.connect("vnc-error", lambda _, text: tell("error", text=text))
        display.connect("vnc-auth-failure", lambda _, text: tell("auth-failure", text=text))
        display.connect("vnc-auth-unsupported", lambda _, kind: tell("error", text=f"security type {kind} is not supported"))
        display.connect("vnc-auth-credential", self.answer)
        display.connect("vnc-disconnected", lambda *_: tell("disconnected"))

    def initialized(self, display):
        encodings = self.settings.get("encodings")
        if encodings and not display.get_connection().set_encodings(encodings):
            tell("error", text="gtk-vnc does not take the encodings")
        tell("size", width=display.get_width(), height=display.get_height())
        tell("initialized", name=display.get_name())

    def open(self):
        path = self.settings.get("socket")
        if not path:
            self.display.open_host(self.settings["host"], self.settings["port"])
            return
        connection = socket.socket(socket.AF_UNIX)
        try:
            connection.connect(path)
        except OSError as problem:
            tell("error", text=str(problem))
            tell("disconnected")
            return
        self.display.open_fd(connection.detach())

    def answer(self, display, wanted):
        for i in range(wanted.n_values):
            kind = wanted.get_nth(i)
            name = CREDENTIALS[kind]
            tell("asked", text=name)
            if display.set_credential(kind, self.settings.get(name, "")):
                tell("error", text=f"gtk-vnc does not take the {name}")
                display.close()
                return

    def obey(self, command):
        getattr(self, "do_" + command.pop("do"))(**command)

    def do_picture(self, file):
        """Save what the server's screen looks like, pixel by pixel."""
        pixels = self.display.get_pixbuf() if self.display.is_open() else None
        if pixels:
            pixels.savev(file, "png", ["compression"], ["1"])
        tell("picture", ok=pixels is not None)

    def do_resize(self, width, height):
        """Ask the server for a screen of another size, as a resized window does."""
        self.display.set_force_size(False)
        self.display.set_allow_resize(True)
        self.window.resize(width, height)

    def do_keysyms(self, keysyms):
        """Strike keys by their keysyms, which need not be on any keyboard."""
        for keysym in keysyms:
            self.display.send_keys([keysym])


def read_commands(viewer):
    """Hand the commands to the thread that GTK runs in."""
    for line in sys.stdin:
        GLib.idle_add(viewer.obey, json.loads(line))
    GLib.idle_add(Gtk.main_quit)


def main():
    viewer = Viewer(json.loads(sys.argv[1]))
    GLib.idle_add(viewer.open)
    threading.Thread(target=read_commands, args=[viewer], daemon=True).start()
    Gtk.main()


main()
