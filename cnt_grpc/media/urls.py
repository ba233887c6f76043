"""Addresses of stored files: made from keys at the edge of the system, so that moving to another CDN is one setting."""

import base64
import binascii
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode

from cnt_grpc.kit import clock, seal
from cnt_grpc.media.purposes import PRIVATE
from cnt_grpc.media.storage import Storage, is_key

LIFE: Final = 900
"""Seconds that a signed address works, at most."""
_STEP: Final = 300
"""Seconds for which the same file has the same signed address, so that browsers keep what they have loaded."""

_PURPOSE: Final = "media-url"


@dataclass(frozen=True, slots=True)
class Urls:
    """Makes addresses."""

    base: str
    """Of public files, without the slash before the key: the CDN's, or our own with /media."""
    storage: Storage
    """Signs what is private where it can; else we sign, and serve it ourselves."""

    def of(self, key: str | None, visibility: str) -> str:
        """Where the file is for someone who may see it; "" where there is no file."""
        if not key:
            return ""
        return self.public(key) if is_open(key, visibility) else self.private(key)

    def public(self, key: str) -> str:
        """Where everyone finds the file."""
        return f"{self.base}/{key}"

    def key_of(self, address: str) -> str:
        """The key in one of our addresses, or the text itself where it is a key; "" for everything else.

        What is private is found at the store itself, whatever stands in front of it for everyone.
        """
        key = address.removeprefix(f"{self.base}/").partition("?")[0]
        return key if is_key(key) else self.storage.key_of_url(address)

    def private(self, key: str) -> str:
        """Where whoever holds this address finds the file for the next 10 to 15 minutes."""
        elsewhere = self.storage.signed_url(key, LIFE)
        if elsewhere is not None:
            return elsewhere
        expires = (int(clock.now().timestamp()) // _STEP + LIFE // _STEP) * _STEP
        tag = base64.urlsafe_b64encode(seal.sign(_PURPOSE, _signed_text(key, expires))).decode().rstrip("=")
        return f"{self.base}/{key}?{urlencode({'expires': expires, 'signature': tag})}"


def is_open(key: str, visibility: str) -> bool:
    """Whether everyone may have the file: what lies below private/ is signed for, whatever a row says of it."""
    return visibility == "public" and not key.startswith(PRIVATE)


def is_signed(key: str, expires: str, signature: str) -> bool:
    """Whether these are the parameters of an address that `Urls.private` made for this key and that still works."""
    try:
        until = int(expires)
        tag = base64.urlsafe_b64decode(signature + "=" * (-len(signature) % 4))
    except (ValueError, binascii.Error):
        return False
    return until >= clock.now().timestamp() and seal.verify(_PURPOSE, _signed_text(key, until), tag)


def _signed_text(key: str, expires: int) -> bytes:
    return f"{key}\n{expires}".encode()
