"""Pages of a list by keyset: a page starts after the last row of the one before, however the list has changed since.

    page = Page.of(request, method="cnt.content.v1.ContentService/ListPodcasts", filters=(request.category,))
    rows = await tx.all(podcasts(page.limit, page.is_first), category=request.category, **page.params)
    rows, token = page.cut(rows, key=lambda row: (row["published_at"], row["id"]))

with, in the statement, `.where(beyond(items.c.published_at, items.c.id))` unless it is the first page, and the same
columns in ORDER BY. The token is signed and bound to the method and the filters, so that nobody can make one up or use
it elsewhere; it holds the sort values of one row that the caller has seen.
"""

import base64
import binascii
import struct
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol, Self, TypeVar

from sqlalchemy import ColumnElement, bindparam, tuple_

from cnt_grpc.kit import seal
from cnt_grpc.kit.errors import Invalid
from cnt_grpc.pb.cnt.common.v1.reason import Reason

SIZE = 20
"""Rows of a page when the caller names no number."""

LARGEST = 100

LIMITS = (11, 21, 51, LARGEST + 1)
"""LIMIT is part of the statement, so few of them exist: each is one more than the page sizes it serves."""

_VERSION = 1
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)

R = TypeVar("R")
SortValue = datetime | int | float | str


class PageRequest(Protocol):
    """The two fields of every List request."""

    page_size: int
    page_token: str


@dataclass(frozen=True, slots=True)
class Page:
    """Which rows of a list to show."""

    size: int
    """Rows to show."""
    after: tuple[SortValue, ...] | None
    """Sort values and id of the last row seen; None for the first page."""
    _bound_to: bytes

    @classmethod
    def of(cls, request: PageRequest, *, method: str, filters: tuple[object, ...] = ()) -> Self:
        """Read page_size and page_token; raises Invalid.

        `filters`: all that decides which rows the list has, and in which order (the caller too, where it does).
        """
        if request.page_size < 0:
            raise Invalid.of("page_size", "must not be negative", "int32.gte")
        size = min(request.page_size, LARGEST) or SIZE
        bound_to = repr((method, filters)).encode()
        return cls(size, _read(request.page_token, bound_to) if request.page_token else None, bound_to)

    @property
    def is_first(self) -> bool:
        """No token came: the list from its beginning."""
        return self.after is None

    @property
    def limit(self) -> int:
        """How many rows to ask for: at least one more than are shown, which tells whether there is a next page."""
        return next(limit for limit in LIMITS if limit > self.size)

    @property
    def params(self) -> dict[str, SortValue]:
        """What `beyond` compares with."""
        return {f"after_{at}": value for at, value in enumerate(self.after or ())}

    def token_of(self, *values: SortValue) -> str:
        """next_page_token where somebody else keeps the list: what tells them where to go on; `after` on the next."""
        return _write(values, self._bound_to)

    def cut(self, rows: Sequence[R], key: Callable[[R], tuple[SortValue, ...]]) -> tuple[list[R], str]:
        """The rows to show, and next_page_token: "" on the last page.

        `key`: the sort values of a row, ending with what makes it unique; in the order of `beyond`.
        """
        shown = list(rows[: self.size])
        if len(rows) <= self.size:
            return shown, ""
        return shown, _write(key(shown[-1]), self._bound_to)


def beyond(*columns: ColumnElement[Any], ascending: bool = False) -> ColumnElement[bool]:
    """Rows after `Page.after` in a list sorted by these columns, all in one direction; an index on them serves it."""
    here = tuple_(*columns)
    there = tuple_(*(bindparam(f"after_{at}", type_=column.type) for at, column in enumerate(columns)))
    return here > there if ascending else here < there


def _write(values: tuple[SortValue, ...], bound_to: bytes) -> str:
    data = bytes([_VERSION]) + b"".join(_pack(value) for value in values)
    return base64.urlsafe_b64encode(data + seal.sign("page", data + bound_to)).rstrip(b"=").decode()


def _read(token: str, bound_to: bytes) -> tuple[SortValue, ...]:
    try:
        raw = base64.b64decode(token.encode("ascii") + b"=" * (-len(token) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, UnicodeEncodeError):
        raise Invalid(Reason.PAGE_TOKEN_INVALID) from None
    data, tag = raw[: -seal.TAG_SIZE], raw[-seal.TAG_SIZE :]
    # Signed by us: what follows needs no further check, but for the version that another release may have written.
    if not seal.verify("page", data + bound_to, tag) or data[0] != _VERSION:
        raise Invalid(Reason.PAGE_TOKEN_INVALID)
    return tuple(_unpack(data[1:]))


def _pack(value: SortValue) -> bytes:
    match value:
        case bool():
            raise TypeError("a list is not sorted by a flag")
        case datetime():
            # Whole microseconds, as Postgres counts them: a float would lose the last digit, and with it a row.
            return b"t" + struct.pack(">q", (value - _EPOCH) // _MICROSECOND)
        case int():
            return b"i" + struct.pack(">q", value)
        case float():
            return b"f" + struct.pack(">d", value)
        case str():
            text = value.encode()
            return b"s" + struct.pack(">H", len(text)) + text
        case _:
            raise TypeError(f"a list cannot be sorted by {type(value).__name__}; give a NULL an order with coalesce")


def _unpack(data: bytes) -> Sequence[SortValue]:
    values: list[SortValue] = []
    at = 0
    while at < len(data):
        kind, at = data[at : at + 1], at + 1
        if kind == b"s":
            (length,) = struct.unpack_from(">H", data, at)
            values.append(data[at + 2 : at + 2 + length].decode())
            at += 2 + length
            continue
        (number,) = struct.unpack_from(">d" if kind == b"f" else ">q", data, at)
        values.append(_EPOCH + number * _MICROSECOND if kind == b"t" else number)
        at += 8
    return values
