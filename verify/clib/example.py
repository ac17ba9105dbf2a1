"""Verify an artefact before it is used, from Python:

    python3 example.py libplimsoll.so trust.json app.plimsoll app [secret.sealed unseal.key]
"""

import ctypes
import json
import sys


class Refused(Exception):
    """Nothing was verified; reason is one of package verify's."""

    def __init__(self, answer):
        super().__init__(f"{answer['message']} [{answer['reason']}]")
        self.reason = answer["reason"]


class Plimsoll:
    def __init__(self, path):
        self.lib = ctypes.CDLL(path)
        self.lib.plimsoll_verify.restype = ctypes.c_size_t
        self.lib.plimsoll_verify.argtypes = [ctypes.c_char_p, ctypes.POINTER(ctypes.c_void_p)]
        self.lib.plimsoll_unseal.restype = ctypes.c_void_p
        self.lib.plimsoll_unseal.argtypes = [
            ctypes.c_size_t, ctypes.c_char_p, ctypes.c_size_t, ctypes.c_char_p,
            ctypes.POINTER(ctypes.c_size_t), ctypes.POINTER(ctypes.c_void_p),
        ]
        self.lib.plimsoll_release.argtypes = [ctypes.c_size_t]
        self.lib.plimsoll_free.argtypes = [ctypes.c_void_p]

    def _answer(self, pointer):
        try:
            return json.loads(ctypes.string_at(pointer))
        finally:
            self.lib.plimsoll_free(pointer)

    def verify(self, **request):
        """Returns a permit and what it is for, or raises Refused."""
        answer = ctypes.c_void_p()
        permit = self.lib.plimsoll_verify(json.dumps(request).encode(), ctypes.byref(answer))
        said = self._answer(answer)
        if not permit:
            raise Refused(said)
        return permit, said

    def unseal(self, permit, box, key):
        length, answer = ctypes.c_size_t(), ctypes.c_void_p()
        secret = self.lib.plimsoll_unseal(permit, box, len(box), key, ctypes.byref(length), ctypes.byref(answer))
        if not secret:
            raise Refused(self._answer(answer))
        try:
            return ctypes.string_at(secret, length.value)
        finally:
            ctypes.memset(secret, 0, length.value)
            self.lib.plimsoll_free(secret)


def main(library, trust, bundle, artifact, box=None, key=None):
    plimsoll = Plimsoll(library)
    try:
        permit, said = plimsoll.verify(trust=trust, bundle=bundle, artifact=artifact)
        print("verified", said["product"], said["version"])
        if box:
            with open(box, "rb") as b, open(key, "rb") as k:
                print("secret of", len(plimsoll.unseal(permit, b.read(), k.read())), "bytes")
        plimsoll.lib.plimsoll_release(permit)
    except Refused as refused:
        sys.exit(str(refused))


if __name__ == "__main__":
    main(*sys.argv[1:])
