"""Loads folders as QEMU 10.2's tls-creds-x509 object does, with the real GnuTLS.

The order of the checks is QEMU's; every answer about a certificate comes from
libgnutls. Reads lines "ROLE FOLDER" and prints "ok" or "refused: REASON" for each.
It is the oracle of the differential tests: no released Debian has that QEMU.
"""
import ctypes
import os
import sys
import time

lib = ctypes.CDLL("libgnutls.so.30")
P, U, Z = ctypes.c_void_p, ctypes.c_uint, ctypes.c_size_t
lib.gnutls_x509_crt_get_expiration_time.restype = ctypes.c_long
lib.gnutls_x509_crt_get_activation_time.restype = ctypes.c_long
PEM, UNAVAILABLE, SHORT = 1, -56, -51
DIGITAL_SIGNATURE, KEY_CERT_SIGN = 128, 4
SERVER, CLIENT, ANY = b"1.3.6.1.5.5.7.3.1", b"1.3.6.1.5.5.7.3.2", b"2.5.29.37.0"


class Refused(Exception):
    pass


class Datum(ctypes.Structure):
    _fields_ = [("data", ctypes.c_char_p), ("size", U)]


def datum(path):
    text = open(path, "rb").read().split(b"\0")[0]
    return Datum(text, len(text))


def load_certs(path):
    certs, count = P(), U()
    if lib.gnutls_x509_crt_list_import2(ctypes.byref(certs), ctypes.byref(count), ctypes.byref(datum(path)), PEM, 0) < 0:
        raise Refused("import " + path)
    return ctypes.cast(certs, ctypes.POINTER(P)), count.value


def issued_by(cert, issuer):
    return lib.gnutls_x509_crt_check_issuer(P(cert), P(issuer)) != 0


def check_cert(cert, role, is_ca):
    cert, now = P(cert), int(time.time())
    if lib.gnutls_x509_crt_get_expiration_time(cert) < now:
        raise Refused("expired")
    if lib.gnutls_x509_crt_get_activation_time(cert) > now:
        raise Refused("not yet active")
    status = lib.gnutls_x509_crt_get_basic_constraints(cert, None, None, None)
    if status > 0 and not is_ca:
        raise Refused("constraints show a CA")
    if status <= 0 and is_ca or status < 0 and status != UNAVAILABLE:
        raise Refused("constraints: %d" % status)
    usage, critical = U(0), U(0)
    status = lib.gnutls_x509_crt_get_key_usage(cert, ctypes.byref(usage), ctypes.byref(critical))
    if status < 0 and status != UNAVAILABLE:
        raise Refused("key usage unreadable")
    wanted = KEY_CERT_SIGN if is_ca else DIGITAL_SIGNATURE
    if status >= 0 and not usage.value & wanted and critical.value:
        raise Refused("key usage")
    if not is_ca:
        check_purpose(cert, role)


def check_purpose(cert, role):
    allowed, critical, index = False, False, 0
    while True:
        size, crit = Z(0), U(0)
        status = lib.gnutls_x509_crt_get_key_purpose_oid(cert, index, None, ctypes.byref(size), None)
        if status == UNAVAILABLE:
            allowed = allowed or index == 0
            break
        if status != SHORT:
            raise Refused("key purpose unreadable")
        buffer = ctypes.create_string_buffer(size.value)
        if lib.gnutls_x509_crt_get_key_purpose_oid(cert, index, buffer, ctypes.byref(size), ctypes.byref(crit)) < 0:
            raise Refused("key purpose unreadable")
        critical = critical or crit.value != 0
        allowed = allowed or buffer.value in (ANY, SERVER if role == "server" else CLIENT)
        index += 1
    if not allowed and critical:
        raise Refused("key purpose")


def check_chain(certs, n, cas, nca, role):
    for i in range(n - 1):
        if not issued_by(certs[i], certs[i + 1]):
            raise Refused("chain order")
    cert, steps = certs[n - 1], 0
    while not issued_by(cert, cert):
        issuer = next((cas[i] for i in range(nca) if issued_by(cert, cas[i])), None)
        if issuer is None:
            raise Refused("no issuer in CA chain")
        check_cert(issuer, role, True)
        cert, steps = issuer, steps + 1
        if steps > nca:
            raise Refused("endless loop")  # QEMU hangs
    check_cert(cert, role, True)


def check_file(path):
    if os.access(path, os.R_OK):
        return True
    try:
        os.stat(path)
    except FileNotFoundError:
        return False
    except OSError as e:
        raise Refused(str(e))
    raise Refused("not accessible")


def load_identity(creds, role, suffix, d):
    cert, key = (os.path.join(d, "%s-%s%s.pem" % (role, kind, suffix)) for kind in ("cert", "key"))
    have = check_file(cert), check_file(key)
    if have == (False, False):
        return None
    if have != (True, True):
        raise Refused("half a pair")
    certs, n = load_certs(cert)
    private = P()
    lib.gnutls_x509_privkey_init(ctypes.byref(private))
    if lib.gnutls_x509_privkey_import2(private, ctypes.byref(datum(key)), PEM, None, 0) < 0:
        raise Refused("private key")
    if lib.gnutls_certificate_set_x509_key(creds, certs, n, private) < 0:
        raise Refused("certificate and key")
    return certs, n


def load(role, d):
    creds = P()
    lib.gnutls_certificate_allocate_credentials(ctypes.byref(creds))
    ca = os.path.join(d, "ca-cert.pem")
    if not check_file(ca):
        raise Refused("no CA")
    cas, nca = load_certs(ca)
    if lib.gnutls_certificate_set_x509_trust(creds, cas, nca) < 0:
        raise Refused("trust")
    identities = [load_identity(creds, role, "", d)]
    for i in range(4):
        identities.append(load_identity(creds, role, "-%d" % i, d))
        if identities[-1] is None:
            break
    identities = [i for i in identities if i]
    if not identities and role == "server":
        raise Refused("no identity")
    crl, dh = os.path.join(d, "ca-crl.pem"), os.path.join(d, "dh-params.pem")
    have_crl, have_dh = role == "server" and check_file(crl), role == "server" and check_file(dh)
    for certs, n in identities:
        for i in range(n):
            check_cert(certs[i], role, i != 0)
        check_chain(certs, n, cas, nca, role)
        status = U()
        if lib.gnutls_x509_crt_list_verify(certs, n, cas, nca, None, 0, 0, ctypes.byref(status)) < 0 or status.value:
            raise Refused("verification, status 0x%x" % status.value)
    if have_crl and lib.gnutls_certificate_set_x509_crl_file(creds, crl.encode(), PEM) < 0:
        raise Refused("CRL")
    if have_dh:
        params = P()
        lib.gnutls_dh_params_init(ctypes.byref(params))
        if lib.gnutls_dh_params_import_pkcs3(params, ctypes.byref(datum(dh)), PEM) < 0:
            raise Refused("DH parameters")


for line in sys.stdin:
    role, folder = line.rstrip("\n").split(" ", 1)
    try:
        load(role, folder)
        print("ok", flush=True)
    except (Refused, OSError) as e:
        print("refused:", e, flush=True)
