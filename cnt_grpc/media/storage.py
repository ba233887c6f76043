"""Where files are kept: what every store must promise, whichever it is.

A key names one object and is made by us alone. An object appears whole or not at all, is never changed once it is
there, and is read by ranges. `local.py` keeps objects in a folder; the other store speaks S3.
"""

import re
from collections.abc import AsyncIterator, Collection
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final, Protocol

PIECE: Final = 1024 * 1024
"""Bytes that are read at a time: memory does not grow with the object."""

PART: Final = 8 * 1024 * 1024
"""Bytes of each part but the last of an object that arrives in several goes; the S3 API takes no less than 5 MiB, and
ten thousand of them."""

_KEY: Final = re.compile(r"(?:[a-z0-9][a-z0-9_-]*/)+[a-z0-9][a-z0-9_-]*\.[a-z0-9]+")
_LONGEST_KEY: Final = 200


def is_key(text: str) -> bool:
    """Whether this could be a key of ours: folders, and a name with an extension.

    Nothing that a file system reads otherwise: one dot, no hidden component, no upper case that some of them fold.
    """
    return len(text) <= _LONGEST_KEY and _KEY.fullmatch(text) is not None


@dataclass(frozen=True, slots=True)
class Stored:
    """An object that is there."""

    key: str
    size: int
    modified_at: datetime


@dataclass(frozen=True, slots=True)
class Written:
    """What was stored just now."""

    size: int
    sha256: bytes


@dataclass(frozen=True, slots=True)
class Draft:
    """An object that arrives in several goes; nobody sees anything of it before `join`."""

    key: str
    ticket: str
    """The store's own name of it."""
    size: int
    """Bytes in all, as declared."""


class Writer(Protocol):
    """An object on its way in; nobody sees anything of it before `commit` has returned."""

    async def write(self, piece: bytes) -> None:
        """Take the next bytes. May return before they are stored, and holds no more than two pieces."""
        ...

    async def commit(self) -> Written:
        """Make the object appear under its key, durably."""
        ...


class Storage(Protocol):
    """A store. Every method raises Unavailable(STORAGE_FULL) where there is no room and OSError where it is broken."""

    def create(self, key: str, content_type: str) -> AbstractAsyncContextManager[Writer]:
        """Write a new object. Left without a commit, whatever was written is gone."""
        ...

    async def put(self, key: str, file: Path, content_type: str) -> Written:
        """Store a file that we made; it stays where it is."""
        ...

    async def stat(self, key: str) -> Stored | None:
        """Whether it is there, and how large."""
        ...

    def read(self, key: str, start: int = 0, end: int | None = None) -> AsyncIterator[bytes]:
        """The bytes from `start` to before `end`, in pieces of `PIECE` at most; raises FileNotFoundError."""
        ...

    async def fetch(self, key: str, file: Path) -> None:
        """Bring the object to a new local file, to be read and not written; raises FileNotFoundError."""
        ...

    async def copy(self, source: str, target: str) -> None:
        """Give the object a second key, without its bytes passing us; raises FileNotFoundError."""
        ...

    async def delete(self, *keys: str) -> None:
        """Remove what is there of these; what is not there is no error."""
        ...

    def objects(self, prefix: str = "") -> AsyncIterator[Stored]:
        """All objects whose key begins so, in no order."""
        ...

    async def sweep(self, older_than: timedelta, keep: Collection[str] = ()) -> int:
        """Remove what writers that were killed left behind, but for drafts of these tickets; how many there were."""
        ...

    async def begin(self, key: str, content_type: str, size: int) -> Draft:
        """Begin an object that arrives in several goes."""
        ...

    async def put_part(self, draft: Draft, number: int, data: bytes) -> None:
        """Store a part, counted from 1, of `PART` bytes but for the last one; raises FileNotFoundError for no draft."""
        ...

    async def arrived(self, draft: Draft) -> int:
        """Bytes that are there in whole parts, from the first one without a gap; 0 when the draft is gone."""
        ...

    async def join(self, draft: Draft) -> None:
        """Make the object appear, durably, and take no more parts.

        Raises FileNotFoundError when the draft is gone. A store whose answer was lost is asked what became of it.
        """
        ...

    async def drop(self, draft: Draft) -> None:
        """Remove what has arrived; a draft that is gone is no error."""
        ...

    def part_url(self, draft: Draft, number: int, seconds: int) -> str | None:
        """Where anyone may put this part for so long; None where all bytes go through us."""
        ...

    def key_of_url(self, address: str) -> str:
        """The key in an address that leads straight to this store, signed or not; "" for every other one."""
        ...

    def signed_url(self, key: str, seconds: int) -> str | None:
        """An address that lets anyone read the object for so long; None where we serve it ourselves."""
        ...

    def close(self) -> None:
        """Let go of threads and connections."""
        ...
