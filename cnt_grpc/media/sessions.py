"""What the store holds of an upload under way, as its session names it."""

from datetime import timedelta
from typing import Final

from cnt_grpc.kit.db import Row
from cnt_grpc.media.purposes import INCOMING
from cnt_grpc.media.storage import Draft, Storage

FINISHING: Final = timedelta(minutes=10)
"""Longer than finishing an upload takes: what is older was left by a process that died."""

_TAIL: Final = "-tail.bin"


def draft_of(row: Row) -> Draft:
    """The upload as the store knows it."""
    return Draft(row["key"], row["ticket"], row["size"])


def tail_key(row: Row) -> str:
    """Where the bytes wait that are no whole part yet; always the same, so that there is never more than one."""
    return f"{INCOMING}/{row['key'].rpartition('/')[2].partition('.')[0]}{_TAIL}"


async def forget_bytes(storage: Storage, row: Row) -> None:
    """Remove whatever has come, unless it has become a file."""
    if row["size"] is None:
        await storage.delete(row["key"])
        return
    if row["media_id"] is None:
        if row["ticket"] is not None:
            await storage.drop(draft_of(row))
        await storage.delete(row["key"])
    await storage.delete(tail_key(row))
