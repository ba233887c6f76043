"""Voice rooms: one person and an agent who listens and speaks. Their names say whose they are; LiveKit holds them."""

import re
import secrets
from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from cnt_grpc.kit import clock
from cnt_grpc.kit.db import Database, Tx
from cnt_grpc.kit.errors import Exhausted, NotFound
from cnt_grpc.kit.rpc.call import Caller
from cnt_grpc.live.identities import identity_of, voice_rooms_of
from cnt_grpc.live.queries import voice as queries
from cnt_grpc.live.rules.joining import Studio, required
from cnt_grpc.live.standing import Role
from cnt_grpc.live.tokens import Pass
from cnt_grpc.pb.cnt.live.v1.reason import Reason

AGENT: Final = "cnt-voice"
"""By this name LiveKit knows our workers."""

HEARTBEAT: Final = timedelta(seconds=5)
"""How often a worker says that it is registered."""

_SILENCE: Final = 3 * HEARTBEAT
"""After so long without a word a worker counts as gone."""

MOST_ROOMS: Final = 3
"""Voice rooms that one person has at once: each costs an agent."""

_TAIL: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")


async def opened(studio: Studio | None, caller: Caller, room: str) -> str:
    """The name of a voice room of the caller that is there now, with an agent in it or on its way; empty for a new one.

    Raises NotFound, Precondition, Exhausted, Unavailable.
    """
    live = required(studio)
    name = _own(caller, room) if room else f"{voice_rooms_of(caller.user_id)}{secrets.token_hex(8)}"
    there = await _rooms_of(live, caller)
    if name in there:
        # Its agent may have failed, or there was none when the room was made.
        await live.rooms.call_agent(name, AGENT)
        return name
    _refuse_too_many(there)
    await live.rooms.open(name, agent=AGENT)
    # Of several that were opened at once, each saw the others missing: the youngest go again.
    if name not in (await _rooms_of(live, caller))[:MOST_ROOMS]:
        await live.rooms.close(name)
        raise _too_many()
    return name


async def enter(db: Database, studio: Studio | None, caller: Caller, room: str) -> Pass:
    """The caller's token for a voice room of theirs, which is opened if it is not there; empty for a new one.

    Raises NotFound, Precondition, Exhausted, Unavailable.
    """
    live = required(studio)
    name = await opened(studio, caller, room)
    async with db.reading() as tx:
        person = await tx.value(queries.name_of(), user_id=caller.user_id)
    return live.minter.mint(
        room=name,
        kind="voice",
        identity=identity_of(caller.user_id),
        name=person,
        role=Role.SPEAKER,
        shares_screen=False,
    )


async def close(studio: Studio | None, caller: Caller, room: str) -> None:
    """End a voice room of the caller; one that is not there is closed already. Raises NotFound and so on."""
    live = required(studio)
    await live.rooms.close(_own(caller, room))


async def mine(studio: Studio | None, caller: Caller) -> Sequence[str]:
    """The caller's voice rooms that are there now. Raises Precondition, Unavailable."""
    return sorted(await _rooms_of(required(studio), caller))


async def is_answered(tx: Tx) -> bool:
    """Whether an agent would come."""
    return bool(await tx.value(queries.is_any_there(), since=clock.now() - _SILENCE))


async def say_here(tx: Tx, worker_id: str) -> None:
    """A worker says that LiveKit has it registered; workers that fell silent an hour ago are forgotten."""
    now = clock.now()
    await tx.run(queries.seen(), worker_id=worker_id, now=now)
    await tx.run(queries.forget_old(), since=now - timedelta(hours=1))


async def say_gone(tx: Tx, worker_id: str) -> None:
    """A worker takes its leave, or LiveKit has lost it."""
    await tx.run(queries.gone(), worker_id=worker_id)


async def _rooms_of(live: Studio, caller: Caller) -> list[str]:
    """The caller's voice rooms, the oldest first."""
    beginning = voice_rooms_of(caller.user_id)
    return [name for name in await live.rooms.names() if name.startswith(beginning)]


def _refuse_too_many(there: Sequence[str]) -> None:
    if len(there) >= MOST_ROOMS:
        raise _too_many()


def _too_many() -> Exhausted:
    return Exhausted(Reason.VOICE_ROOMS_FULL, retry_after=60.0, most=MOST_ROOMS)


def _own(caller: Caller, room: str) -> str:
    """The name, if it is one of the caller's. Raises NotFound."""
    beginning = voice_rooms_of(caller.user_id)
    if not room.startswith(beginning) or not _TAIL.fullmatch(room.removeprefix(beginning)):
        raise NotFound(Reason.VOICE_ROOM_NOT_FOUND)
    return room
