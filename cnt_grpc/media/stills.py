"""Pictures of moments of films, which people ask for by hand: each becomes a file of theirs, made by the worker."""

import uuid
from typing import Final

from cnt_grpc.kit import clock, jobs
from cnt_grpc.kit.db import Tx
from cnt_grpc.kit.errors import Invalid, Precondition
from cnt_grpc.kit.rpc.call import Caller
from cnt_grpc.media import rules
from cnt_grpc.media.jobs import STILL
from cnt_grpc.media.purposes import THUMBNAILS
from cnt_grpc.media.queries import objects
from cnt_grpc.media.sniff import JPEG, Kind
from cnt_grpc.pb.cnt.media.v1.jobs_pb2 import MakeStill
from cnt_grpc.pb.cnt.media.v1.reason import Reason

CHARGED: Final = 200_000
"""Bytes that each counts against the quota: about the most that a picture of 640 pixels takes."""


async def ask(tx: Tx, caller: Caller, quota: int, at_ms: int, *, film_id: int, key: str) -> tuple[int, int]:
    """Have a picture made of a film that the caller may see; the ids of the picture and of the job that makes it.

    Raises NotFound, Invalid for what is no film, Precondition while it is examined, Exhausted.
    """
    film = await rules.seen_media(tx, caller, media_id=film_id, key=key)
    if film["kind"] != Kind.VIDEO:
        raise Invalid(Reason.MEDIA_WRONG_KIND, f"the file is {film['kind']}, not video")
    if film["state"] != "ready":
        raise Precondition(Reason.MEDIA_NOT_READY)
    await rules.charge(tx, caller.user_id, CHARGED, quota)
    media_id: int = await tx.value(
        objects.add_waiting_picture(),
        owner_id=caller.user_id,
        key=f"{THUMBNAILS}/{uuid.uuid4().hex}.{JPEG.extension}",
        content_type=JPEG.content_type,
        charged=CHARGED,
        sha256=bytes(32),
        now=clock.now(),
    )
    payload = MakeStill(media_id=media_id, film_id=film["id"], at_ms=at_ms)
    return media_id, await jobs.enqueue(tx, STILL, payload, owner=caller.user_id, priority=1)
