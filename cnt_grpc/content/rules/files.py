"""The files of items: the audio, video or document that an item is, its cover, and its preview."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from cnt_grpc import media
from cnt_grpc.content.kinds import ItemKind
from cnt_grpc.kit.db import Row, Tx
from cnt_grpc.kit.rpc.call import Caller

_ROOM: Final = "content"
_SHIPPED: Final = 12
"""How many pictures come with the platform: images/thumbnails/default/1.jpg and so on."""


_COLUMNS: Final = ("media_id", "cover_id", "preview_id")

Columns = Mapping[str, Any] | Row
"""Columns of content_items, all or some, by their names."""


@dataclass(frozen=True, slots=True)
class File:
    """A file that the caller uploaded, by one of its two names."""

    media_id: int = 0
    file_path: str = ""


@dataclass(frozen=True, slots=True)
class Shipped:
    """One of the pictures that come with the platform."""


@dataclass(frozen=True, slots=True)
class Blank:
    """None: without a cover a video shows a picture of itself, and some kinds need no file at all."""


Cover = File | Shipped | Blank


async def source(tx: Tx, caller: Caller, wanted: File | Blank | None, kind: ItemKind) -> dict[str, Any]:
    """The columns of content_items that say what the item is made of. Raises what media.claim raises."""
    if not isinstance(wanted, File):
        return {"media_id": None, "media_kind": None}
    row = await media.claim(tx, caller, *kind.media, media_id=wanted.media_id, file_path=wanted.file_path)
    return {"media_id": row["id"], "media_kind": row["kind"]}


async def cover(tx: Tx, caller: Caller, wanted: Cover, media_id: int | None) -> dict[str, Any]:
    """The columns of content_items that say what its cover is; an item made of the same file gets the same shipped one.

    Raises what media.claim raises.
    """
    match wanted:
        case File():
            row = await media.claim(tx, caller, media.Kind.IMAGE, media_id=wanted.media_id, file_path=wanted.file_path)
            return {"cover_id": row["id"], "cover_key": row["key"]}
        case Shipped():
            number = (media_id or 0) % _SHIPPED + 1
            return {"cover_id": None, "cover_key": f"images/thumbnails/default/{number}.jpg"}
        case Blank():
            return {"cover_id": None, "cover_key": None}


async def use(tx: Tx, item_id: int, columns: Columns) -> None:
    """Keep the files that these columns of an item refer to from now on."""
    for column, file in _files(columns):
        if file is not None:
            await media.use(tx, file, _ROOM, _ref(item_id, column))


async def replace(tx: Tx, item_id: int, columns: Columns) -> None:
    """Keep the files that these columns of an item refer to from now on, and let go of those that they referred to."""
    for column, _ in _files(columns):
        await media.release(tx, _ROOM, _ref(item_id, column))
    await use(tx, item_id, columns)


async def publish(tx: Tx, item_id: int, columns: Columns) -> None:
    """Show the files that these columns of an approved item refer to to everyone."""
    for column, file in _files(columns):
        if file is not None:
            await media.publish(tx, file, _ROOM, _ref(item_id, column))


async def withdraw(tx: Tx, item_id: int, columns: Columns) -> None:
    """Show the files of an item that is no longer approved to nobody any more, but for those of others that are."""
    for column, file in _files(columns):
        if file is not None:
            await media.withdraw(tx, file, _ROOM, _ref(item_id, column))


async def release(tx: Tx, item_id: int) -> None:
    """Let go of the files of an item that is to be deleted; what nothing else uses goes."""
    for column in _COLUMNS:
        await media.release(tx, _ROOM, _ref(item_id, column))


def _files(columns: Columns) -> Iterator[tuple[str, int | None]]:
    """Those of these columns that refer to files."""
    return ((column, columns[column]) for column in _COLUMNS if column in columns.keys())  # noqa: SIM118  (a Row has values in it)


def _ref(item_id: int, column: str) -> str:
    return f"item:{item_id}:{column.removesuffix('_id')}"
