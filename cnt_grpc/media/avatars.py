"""Pictures of people: auth's port Avatars, filled."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Final

import structlog

from cnt_grpc import auth
from cnt_grpc.kit import jobs
from cnt_grpc.kit.db import Database, Tx
from cnt_grpc.kit.errors import AppError, Unavailable
from cnt_grpc.kit.events import EventBus
from cnt_grpc.media.keeping import AVATAR, release
from cnt_grpc.media.purposes import PROFILE_IMAGE
from cnt_grpc.media.uploads import Declared, Intake
from cnt_grpc.media.urls import Urls

PATIENCE: Final = 60.0
"""Seconds that the examination of a picture may take."""

_log = structlog.get_logger("cnt.media.avatars")


@dataclass(frozen=True, slots=True)
class Avatars(auth.Avatars):
    """Keeps people's pictures as files of their own, which everyone may see."""

    urls: Urls
    intake: Intake
    bus: EventBus

    def url(self, avatar_key: str) -> str:
        return self.urls.public(avatar_key)

    async def let_go(self, tx: Tx, user_id: int) -> None:
        await release(tx, AVATAR, str(user_id))

    async def take(self, db: Database, user_id: int, picture: bytes) -> None:
        try:
            # The job that examines it makes it the avatar.
            _, job = await self.intake.take(db, user_id, PROFILE_IMAGE, _once(picture), Declared(thumbnail=False))
            await jobs.wait(db, self.bus, job, PATIENCE)
        except Unavailable:
            raise
        except AppError as refusal:
            # No picture of a kind that we take, or no room left for it: the person goes without.
            _log.info("a picture was not taken", user=user_id, reason=str(refusal.reason))


async def _once(picture: bytes) -> AsyncIterator[bytes]:
    yield picture
