"""Passwords: which may be chosen, and how they are kept and checked without holding up anything else."""

import asyncio
import unicodedata
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from importlib.resources import files
from typing import TypeVar, TypeVarTuple

import bcrypt
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from cnt_grpc.kit.errors import Exhausted, Invalid
from cnt_grpc.pb.cnt.common.v1.reason import Reason

R = TypeVar("R")
Ts = TypeVarTuple("Ts")

SHORTEST = 8
LONGEST = 256

# OWASP's second choice for argon2id (Password Storage Cheat Sheet): 19 MiB, two passes, one lane; 26 ms here.
_argon2 = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)

_TAIL = "0123456789!@#$%&*?.,_-+"
_LONGEST_TAIL = 6
"""Characters; a longer tail is a secret of its own."""

_SHORT_PIECE = 4

_BCRYPT = ("$2a$", "$2b$", "$2x$", "$2y$")
_BCRYPT_READS = 72
"""Bytes: bcrypt never looked further, and its library now refuses longer ones."""


def clean_password(text: str, field: str = "password") -> str:
    """A new password in NFKC, so that every keyboard types the same; raises Invalid if short, overlong or common."""
    password = unicodedata.normalize("NFKC", text)
    if len(password) < SHORTEST:
        raise Invalid.of(field, f"must have at least {SHORTEST} characters", "password.min_len")
    if len(password) > LONGEST:
        raise Invalid.of(field, f"must have at most {LONGEST} characters", "password.max_len")
    if is_common(password):
        raise Invalid.of(field, "is one of the passwords that are tried first", "password.common")
    return password


def is_common(password: str) -> bool:
    """Whether a password is in the shipped list, with or without a short tail, or is a short piece over and over."""
    folded = password.casefold()
    word = folded.rstrip(_TAIL)
    if folded in _common() or (len(folded) - len(word) <= _LONGEST_TAIL and word in _common()):
        return True
    # "aaaaaaaa", "abcabcabc": a text of period p is found again in itself, shifted by p.
    return 0 < (folded + folded).find(folded, 1) <= _SHORT_PIECE


def needs_upgrade(stored: str) -> bool:
    """Whether a hash is of an older kind or cheaper than what we make now."""
    return not stored.startswith("$argon2id$") or _argon2.check_needs_rehash(stored)


def hash_now(password: str) -> str:
    """The argon2id hash of a password; blocks for about 26 ms, so the server asks `Passwords` instead."""
    return _argon2.hash(unicodedata.normalize("NFKC", password))


class Passwords:
    """Hashes and checks in a few threads of their own: each takes 26 ms and 19 MiB, and none blocks the loop."""

    def __init__(self, *, threads: int = 2, waiting: int = 64) -> None:
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="passwords")
        self._room = threads + waiting
        self._busy = 0
        # Checked when there is no such account, so that both answers cost the same work.
        self._nobody = _argon2.hash("nobody's password")

    async def hash(self, password: str) -> str:
        """The argon2id hash of a password; raises Exhausted when too many others wait."""
        return await self._run(hash_now, password)

    async def matches(self, password: str, stored: str | None) -> bool:
        """Whether the password is the stored one; works as long if nothing is stored. Raises Exhausted like `hash`."""
        if stored is None:
            await self._run(_matches, password, self._nobody)
            return False
        return await self._run(_matches, password, stored)

    def close(self) -> None:
        """Let go of the threads; what waits is dropped."""
        self._pool.shutdown(wait=False, cancel_futures=True)

    async def _run(self, function: Callable[[*Ts], R], *arguments: *Ts) -> R:
        if self._busy >= self._room:
            # A queue without end would answer everybody too late instead of a few not at all.
            raise Exhausted(Reason.TOO_MANY_CALLS, "too many passwords are being checked", retry_after=1)
        self._busy += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._pool, function, *arguments)
        finally:
            self._busy -= 1


def _matches(password: str, stored: str) -> bool:
    if stored.startswith(_BCRYPT):
        # The system that made these did not normalise.
        return bcrypt.checkpw(password.encode()[:_BCRYPT_READS], stored.encode())
    try:
        return _argon2.verify(stored, unicodedata.normalize("NFKC", password))
    except (VerificationError, InvalidHashError):
        return False


@cache
def _common() -> frozenset[str]:
    text = files(__package__).joinpath("common_passwords.txt").read_text(encoding="utf-8")
    return frozenset(line for line in text.split("\n") if line and not line.startswith("#"))
