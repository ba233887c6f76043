"""What all ways to upload have in common: whom they let in, and how they wait for the examination."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Final

from cnt_grpc.kit import jobs
from cnt_grpc.kit.db import Row
from cnt_grpc.kit.errors import Denied, Invalid
from cnt_grpc.kit.rpc.call import Call, Caller
from cnt_grpc.media import rules
from cnt_grpc.media.purposes import (
    ANIMATED_BIBLE_STORY,
    AUDIO,
    DOCUMENT,
    DRAFT_AUDIO,
    DRAFT_IMAGE,
    DRAFT_VIDEO,
    IDENTITY_DOCUMENT,
    IDENTITY_PICTURE,
    IMAGE,
    MOVIE,
    PROFILE_IMAGE,
    TEMPORARY_AUDIO,
    THUMBNAIL,
    VIDEO,
    Purpose,
)
from cnt_grpc.media.refusals import too_many_pixels
from cnt_grpc.media.uploads import Declared, Intake
from cnt_grpc.pb.cnt.common.v1.reason import Reason as CommonReason
from cnt_grpc.pb.cnt.media.v1 import media_service_pb2 as pb2
from cnt_grpc.pb.cnt.media.v1.reason import Reason

PATIENCE = 10.0
"""Seconds that an upload waits for its examination before it answers that it is under way."""

_PURPOSES: Final = {
    pb2.MEDIA_PURPOSE_AUDIO: AUDIO,
    pb2.MEDIA_PURPOSE_VIDEO: VIDEO,
    pb2.MEDIA_PURPOSE_IMAGE: IMAGE,
    pb2.MEDIA_PURPOSE_PROFILE_IMAGE: PROFILE_IMAGE,
    pb2.MEDIA_PURPOSE_THUMBNAIL: THUMBNAIL,
    pb2.MEDIA_PURPOSE_TEMPORARY_AUDIO: TEMPORARY_AUDIO,
    pb2.MEDIA_PURPOSE_MOVIE: MOVIE,
    pb2.MEDIA_PURPOSE_ANIMATED_BIBLE_STORY: ANIMATED_BIBLE_STORY,
    pb2.MEDIA_PURPOSE_DOCUMENT: DOCUMENT,
    pb2.MEDIA_PURPOSE_DRAFT_AUDIO: DRAFT_AUDIO,
    pb2.MEDIA_PURPOSE_DRAFT_VIDEO: DRAFT_VIDEO,
    pb2.MEDIA_PURPOSE_DRAFT_IMAGE: DRAFT_IMAGE,
    pb2.MEDIA_PURPOSE_IDENTITY_PICTURE: IDENTITY_PICTURE,
    pb2.MEDIA_PURPOSE_IDENTITY_DOCUMENT: IDENTITY_DOCUMENT,
}


def purpose_of(purpose: pb2.MediaPurpose.ValueType, caller: Caller) -> Purpose:
    """What a file is uploaded for, by its name in the contract; raises Denied for what the caller may not upload."""
    found = _PURPOSES[purpose]
    if found.for_admins and not caller.is_admin:
        raise Denied(CommonReason.ROLE_MISSING)
    return found


@dataclass(frozen=True, slots=True)
class Reception:
    """Takes files from callers."""

    intake: Intake

    async def take(
        self, call: Call, purpose: Purpose, pieces: AsyncIterator[bytes], declared: Declared
    ) -> tuple[Row, Sequence[Row]]:
        """Store a file and wait for its examination; its row and those of the pictures made of it."""
        row, job = await self.intake.take(call.db, call.caller.user_id, purpose, pieces, declared)
        return await self.examined(call, row["id"], job)

    async def examined(self, call: Call, media_id: int, job: int | None) -> tuple[Row, Sequence[Row]]:
        """Wait for the job, but not for ever; raises Invalid when the file turns out to be unusable."""
        if job is not None:
            assert call.db.bus is not None, "a server hears of jobs by it"
            await jobs.wait(call.db, call.db.bus, job, PATIENCE)
        async with call.db.reading() as tx:
            row = await rules.own_media(tx, call.caller, media_id)
            variants = await rules.variants(tx, media_id)
        if row["most_pixels"] is not None:
            raise too_many_pixels(row["id"], row["most_pixels"])
        if row["state"] == "failed":
            raise Invalid(Reason.MEDIA_UNREADABLE, f"the file is unusable: {row['failure']}", media_id=row["id"])
        return row, variants
