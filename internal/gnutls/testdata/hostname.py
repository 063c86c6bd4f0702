"""Answers lines "CERTIFICATE-FILE HOST" with GnuTLS's opinion: 1 or 0."""
import ctypes
import sys

lib = ctypes.CDLL("libgnutls.so.30")


class Datum(ctypes.Structure):
    _fields_ = [("data", ctypes.c_char_p), ("size", ctypes.c_uint)]


for line in sys.stdin:
    path, host = line.rstrip("\n").split(" ", 1)
    text = open(path, "rb").read()
    cert = ctypes.c_void_p()
    lib.gnutls_x509_crt_init(ctypes.byref(cert))
    if lib.gnutls_x509_crt_import(cert, ctypes.byref(Datum(text, len(text))), 1) < 0:
        print("unreadable", flush=True)
        continue
    print(lib.gnutls_x509_crt_check_hostname(cert, host.encode()), flush=True)
