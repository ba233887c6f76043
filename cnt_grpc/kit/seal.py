"""Signing and sealing of what leaves our hands and comes back: page tokens, stored answers, signed URLs."""

import hashlib
import hmac
import os
from functools import cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

TAG_SIZE = 16
"""Bytes of a signature: 128 bits cannot be guessed, and page tokens stay short."""

_NONCE_SIZE = 12
_secret = b""


class NotConfiguredError(RuntimeError):
    """Nothing may be signed before the secret is known: an empty key would sign for everyone."""


def configure(secret: str) -> None:
    """Take SECRET_KEY; once, when a process starts."""
    global _secret  # noqa: PLW0603  (one secret a process; each purpose gets a key of its own)
    _secret = secret.encode()
    key.cache_clear()


@cache
def key(purpose: str) -> bytes:
    """32 bytes for one purpose (HKDF-SHA256, RFC 5869): a signature for one thing never fits another."""
    if not _secret:
        raise NotConfiguredError
    return HKDF(hashes.SHA256(), length=32, salt=None, info=b"cnt:" + purpose.encode()).derive(_secret)


def sign(purpose: str, data: bytes) -> bytes:
    """A signature of `TAG_SIZE` bytes (HMAC-SHA256, cut)."""
    return hmac.digest(key(purpose), data, hashlib.sha256)[:TAG_SIZE]


def verify(purpose: str, data: bytes, tag: bytes) -> bool:
    """Whether `tag` is the signature of `data`; takes the same time for every wrong one."""
    return hmac.compare_digest(sign(purpose, data), tag)


def seal(purpose: str, data: bytes, bound_to: bytes = b"") -> bytes:
    """Encrypt so that only the same purpose, bound to the same thing, opens it (AES-256-GCM)."""
    nonce = os.urandom(_NONCE_SIZE)
    return nonce + AESGCM(key("seal:" + purpose)).encrypt(nonce, data, bound_to)


def unseal(purpose: str, sealed: bytes, bound_to: bytes = b"") -> bytes | None:
    """What was sealed, or None when it was altered or belongs elsewhere."""
    try:
        return AESGCM(key("seal:" + purpose)).decrypt(sealed[:_NONCE_SIZE], sealed[_NONCE_SIZE:], bound_to)
    except (InvalidTag, ValueError):
        return None
