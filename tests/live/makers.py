"""Makes streams and meetings straight in the tables, and their rooms in LiveKit's stand-in."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from sqlalchemy import Executable, bindparam, update

from cnt_grpc.kit import clock
from cnt_grpc.kit.db import Row, Tx, statement
from cnt_grpc.live import log
from cnt_grpc.live.identities import identity_of
from cnt_grpc.live.queries import airing, people
from cnt_grpc.live.queries import streams as queries
from cnt_grpc.live.rules.streams import document, room_name
from cnt_grpc.live.standing import Entry, Kind, Status
from cnt_grpc.live.tables import live_streams
from cnt_grpc.search import put
from livekit import api
from tests.harness.livekit import Room


async def stream(tx: Tx, *, by: int, at: datetime | None = None, **given: Any) -> Row:
    """A stream of this person, or with kind="meeting" a meeting; other columns as they are given."""
    now = at or clock.now()
    columns = {
        "kind": Kind.STREAM,
        "title": "Evening prayer",
        "description": "Come as you are.",
        "category": "prayer",
        "room_name": room_name(given.get("title", "Evening prayer")),
        "status": Status.SCHEDULED,
        "audience": "everyone",
        "password_hash": None,
        "waiting_room": False,
        "shared_screens": True,
        "scheduled_start": None,
        "listed_at": now,
        "created_at": now,
        "updated_at": now,
    }
    later = {name: value for name, value in given.items() if name not in columns}
    stream_id: int = await tx.value(
        queries.insert_stream(), host_id=by, **{**columns, **{k: v for k, v in given.items() if k in columns}}
    )
    for name, value in later.items():
        await tx.run(_set(name), stream_id=stream_id, value=value)
    row = await tx.one(queries.own_stream(None, locked=False, anyones=True), stream_id=stream_id)
    assert row is not None
    if row["kind"] == Kind.STREAM:
        await put(tx, document(row))
    return row


async def made(world: Any, by: Any, **given: Any) -> Row:
    """A stream of this person, in a transaction of its own."""
    async with world.db.transaction() as tx:
        return await stream(tx, by=by.id, **given)


async def on_air(world: Any, by: Any, **given: Any) -> Row:
    """A stream on air: its host is in LiveKit's room."""
    row = await made(world, by, **{"status": Status.LIVE, "started_at": clock.now(), **given})
    opened(world, row)
    inside(world, row, by)
    return row


def opened(world: Any, row: Row) -> None:
    """There is a room in LiveKit, and nobody in it."""
    world.livekit.rooms[row["room_name"]] = Room(api.Room(sid=f"RM_{row['id']}", name=row["room_name"]))


async def looked_after(world: Any) -> set[int]:
    """The streams that the reconciler looks at each minute."""
    async with world.db.reading() as tx:
        return {row["id"] for row in await tx.all(airing.running())}


def inside(world: Any, row: Row, who: Any) -> None:
    """Put somebody into LiveKit's room."""
    person = api.ParticipantInfo(
        sid=f"PA_{who.id}",
        identity=identity_of(who.id),
        name=who.name,
        state=api.ParticipantInfo.State.ACTIVE,
        joined_at=int(clock.now().timestamp()),
    )
    person.permission.can_publish = row["kind"] == Kind.MEETING or row["host_id"] == who.id
    world.livekit.rooms[row["room_name"]].people[person.identity] = person


@contextmanager
def livekit_away(world: Any) -> Iterator[None]:
    """LiveKit hangs until the block ends; then it is asked again at once, however often it failed meanwhile."""
    world.livekit.is_away = True
    try:
        yield
    finally:
        world.livekit.is_away = False
        ask_again(world)


def ask_again(world: Any) -> None:
    """Forget that LiveKit failed: a party that fails often is left alone for a while, and other tests need it."""
    party = world.system.studio.rooms._party
    party._failures, party._rests_until = 0, 0.0


async def said(world: Any, row: Row, by: Any, text: str = "Amen.") -> int:
    """A message of this person in a stream's chat; its number."""
    async with world.db.transaction() as tx:
        return await log.write(tx, row["id"], Entry.CHAT, user_id=by.id, text=text)


async def knocking(world: Any, row: Row, who: Any) -> None:
    """Somebody waits before a meeting's door."""
    async with world.db.transaction() as tx:
        await tx.run(
            people.enter(),
            stream_id=row["id"],
            identity=identity_of(who.id),
            user_id=who.id,
            role="speaker",
            state="waiting",
            now=clock.now(),
        )


async def banned(world: Any, row: Row, who: Any, at: datetime | None = None) -> None:
    """Somebody is banned from a stream."""
    async with world.db.transaction() as tx:
        await tx.run(
            people.ban(),
            stream_id=row["id"],
            identity=identity_of(who.id),
            user_id=who.id,
            name=who.name,
            now=at or clock.now(),
        )


@statement
def _set(name: str) -> Executable:
    column = live_streams.c[name]
    wanted = update(live_streams).where(live_streams.c.id == bindparam("stream_id"))
    return wanted.values({name: bindparam("value", type_=column.type)})
