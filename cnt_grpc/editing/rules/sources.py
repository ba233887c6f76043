"""The files that an edit starts from: claimed from the media room, and described as plans need them."""

from collections.abc import Sequence
from typing import Final

from cnt_grpc import media
from cnt_grpc.editing.clip import Clip, Source
from cnt_grpc.kit.db import Row, Tx
from cnt_grpc.kit.errors import Invalid
from cnt_grpc.kit.rpc.call import Caller

MOST: Final = 40
"""Files of one edit."""
ROOM: Final = "editing"
"""Under which files are in use."""


async def claimed(tx: Tx, caller: Caller, media_ids: Sequence[int]) -> dict[int, Source]:
    """Files of the caller's own, by id; they cannot be removed before the transaction ends.

    Raises what media.claim raises, Invalid for too many.
    """
    if len(media_ids) > MOST:
        raise Invalid.of("operations", f"an edit may name {MOST} files")
    found = {}
    # In one order, so that two edits of the same files never wait for each other in a circle.
    for media_id in sorted(set(media_ids)):
        row = await media.claim(tx, caller, media.Kind.AUDIO, media.Kind.VIDEO, media_id=media_id, private=True)
        found[media_id] = described(row)
    return found


def described(row: Row) -> Source:
    """A row of the media room as plans need it."""
    film = row["kind"] == media.Kind.VIDEO
    codecs = tuple(each for each in row["codecs"].split(",") if each)
    clip = Clip(
        seconds=(row["duration_ms"] or 0) / 1000,
        # Of a film the picture's codec comes first; a sound has no other.
        sound=len(codecs) > 1 if film else True,
        film=film,
        width=row["width"] or 0,
        height=row["height"] or 0,
    )
    return Source(row["id"], row["key"].rpartition(".")[2], codecs, clip)
