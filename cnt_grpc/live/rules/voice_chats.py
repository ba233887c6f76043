"""Talking with the voice agent without a room: who may, how often at once, and with which parties."""

import asyncio
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from cnt_grpc.kit import clock
from cnt_grpc.kit.db import Database, Tx
from cnt_grpc.kit.errors import Exhausted, Precondition, Unavailable
from cnt_grpc.kit.rpc.call import Caller
from cnt_grpc.live.deepgram import Speech
from cnt_grpc.live.openai import Mind
from cnt_grpc.live.queries import voice_chats as queries
from cnt_grpc.live.talk.exchange import Manner
from cnt_grpc.live.talk.knowledge import Knowledge
from cnt_grpc.live.talk.talk import Talk
from cnt_grpc.pb.cnt.live.v1.reason import Reason

AT_ONCE: Final = 2
"""Conversations of one person, over all servers: two devices."""
RENEWAL: Final = timedelta(seconds=10)
_SILENCE: Final = 3 * RENEWAL
"""After so long a conversation counts as over although its server never said so: it was killed."""


@dataclass(frozen=True, slots=True)
class Talkers:
    """The parties that think, hear and speak; None where one is not configured."""

    mind: Mind | None
    speech: Speech | None

    async def aclose(self) -> None:
        """Let go of their connections."""
        for party in (self.mind, self.speech):
            if party is not None:
                await party.aclose()

    def required(self, *, sound: bool) -> Mind:
        """The mind, where it and, for sound, ears and voice are configured. Raises Precondition."""
        lacking = []
        if self.mind is None:
            lacking.append("OPENAI_API_KEY")
        if sound and self.speech is None:
            lacking.append("DEEPGRAM_API_KEY")
        if self.mind is None or lacking:
            names = " and ".join(lacking)
            raise Precondition(Reason.VOICE_NOT_CONFIGURED, f"set {names}", settings=", ".join(lacking))
        return self.mind


@asynccontextmanager
async def begun(db: Database, talkers: Talkers, caller: Caller, manner: Manner) -> AsyncIterator[Talk]:
    """A conversation of the caller, who has one of few places until the block ends. Raises Precondition, Exhausted."""
    mind = talkers.required(sound=manner.is_spoken)
    chat_id = str(uuid.uuid4())
    place = await db.transact(lambda tx: _take_place(tx, caller.user_id, chat_id))
    renewing = asyncio.create_task(_keep_place(db, caller.user_id, place, chat_id))
    try:
        yield Talk(mind, talkers.speech, Knowledge(db, caller.user_id), manner)
    finally:
        renewing.cancel()
        await asyncio.gather(renewing, return_exceptions=True)
        with suppress(Unavailable):  # the place is free again by itself after _SILENCE
            await db.transact(lambda tx: tx.run(queries.leave(), user_id=caller.user_id, place=place, chat_id=chat_id))


async def _take_place(tx: Tx, user_id: int, chat_id: str) -> int:
    now = clock.now()
    for place in range(AT_ONCE):
        taken = {"user_id": user_id, "place": place, "chat_id": chat_id, "now": now, "since": now - _SILENCE}
        if await tx.value(queries.take(), **taken) is not None:
            return place
    raise Exhausted(Reason.VOICE_CHATS_FULL, retry_after=_SILENCE.total_seconds(), most=AT_ONCE)


async def _keep_place(db: Database, user_id: int, place: int, chat_id: str) -> None:
    while True:
        await asyncio.sleep(RENEWAL.total_seconds())
        with suppress(Unavailable):
            await db.transact(
                lambda tx: tx.run(queries.renew(), user_id=user_id, place=place, chat_id=chat_id, now=clock.now())
            )
