"""Our rows and LiveKit's rooms, brought together: LiveKit is asked how things are, so no order of events matters."""

from collections.abc import Sequence
from datetime import timedelta
from functools import partial

from cnt_grpc.kit import clock, events
from cnt_grpc.kit.db import Database, Row, Tx
from cnt_grpc.kit.errors import Unavailable
from cnt_grpc.live import admitting, log, recordings, work
from cnt_grpc.live.identities import identity_of, owner_of_voice_room, studio_of
from cnt_grpc.live.queries import airing as queries
from cnt_grpc.live.queries import ingresses, people, voice
from cnt_grpc.live.rooms import EMPTY_TIMEOUT, Present, Rooms
from cnt_grpc.live.rules import airing
from cnt_grpc.live.standing import Kind, Status

_GRACE = EMPTY_TIMEOUT + timedelta(minutes=1)
"""How long an interrupted stream may go on after LiveKit has given up its room."""


_OVERDUE = timedelta(days=1)
_AT_ONCE = 500
"""Overdue streams that one round of the reconciler ends."""


async def sync(db: Database, rooms: Rooms, stream_id: int) -> None:
    """Make one stream's row say what LiveKit says, and LiveKit hold what the row says. Raises Unavailable."""
    async with db.reading() as tx:
        stream = await tx.one(queries.to_sync(), stream_id=stream_id)
    if stream is None:
        return
    if stream["status"] == Status.ENDED:
        await rooms.close(stream["room_name"])
        await _close_ways_in(db, rooms, stream)
    elif not stream["host_is_there"]:
        # Banned, or leaving: nobody finds the stream any more, and nobody goes on with it.
        await db.transact(partial(airing.finish, stream_id=stream_id))
        await rooms.close(stream["room_name"])
    else:
        await _compare(db, rooms, stream)
    await recordings.look_after(db, rooms, stream)


async def _close_ways_in(db: Database, rooms: Rooms, stream: Row) -> None:
    """A studio's key opens nothing once its stream is over."""
    async with db.reading() as tx:
        way = await tx.one(ingresses.of_stream(), stream_id=stream["id"])
    if way is not None:
        await rooms.close_ingresses(stream["room_name"])
        which = {"stream_id": stream["id"], "ingress_id": way["ingress_id"]}
        await db.transact(lambda tx: tx.run(ingresses.forget(), **which))


async def _compare(db: Database, rooms: Rooms, stream: Row) -> None:
    present = await rooms.people(stream["room_name"])
    inside = [] if present is None else await admitting.held(db, rooms, stream, present)
    await db.transact(lambda tx: _write(tx, stream["id"], inside, has_room=present is not None))


async def _write(tx: Tx, stream_id: int, inside: Sequence[Present], *, has_room: bool) -> None:
    stream = await tx.one(queries.to_sync(), stream_id=stream_id)
    if stream is None or stream["status"] == Status.ENDED:
        return  # ended while LiveKit was asked: the job of that end closes the room
    await _air(tx, stream, inside, has_room=has_room)
    host = identity_of(stream["host_id"])
    identities = [one.identity for one in inside]
    now = clock.now()
    await tx.run(people.left(everyone=False), stream_id=stream_id, identities=identities, now=now)
    await tx.run(people.present(), stream_id=stream_id, identities=identities, now=now)
    viewers = sum(one.is_person and (one.identity != host or stream["kind"] == Kind.MEETING) for one in inside)
    if await tx.value(queries.count_viewers(), stream_id=stream_id, viewers=viewers) is not None:
        events.wake(tx, log.TOPIC, stream_id)


async def _air(tx: Tx, stream: Row, inside: Sequence[Present], *, has_room: bool) -> None:
    """Put the stream on air, off it, or to its end, as the room has it."""
    stream_id = stream["id"]
    identities = {one.identity for one in inside}
    is_led = bool(identities & {identity_of(stream["host_id"]), studio_of(stream["host_id"])})
    if stream["kind"] == Kind.MEETING and stream["status"] == Status.LIVE:
        is_led = bool(inside)  # once begun, a meeting goes on without its host
    if is_led:
        await airing.begin(tx, stream_id)
        return
    await airing.interrupt(tx, stream_id)
    since = stream["interrupted_at"]
    if not has_room and since is not None and clock.now() - since > _GRACE:
        await airing.finish(tx, stream_id)


async def reconcile(db: Database, rooms: Rooms) -> None:
    """Heal what lost events left behind: every stream that runs, and every room of ours, is looked at."""
    await _end_overdue(db)
    async with db.reading() as tx:
        running = await tx.all(queries.running())
    try:
        names = await rooms.names()
    except Unavailable:
        # Nobody hears or sees anything: no row may say otherwise.
        for row in running:
            await db.transact(partial(airing.interrupt, stream_id=row["id"]))
            # Nor can any host come back: what LiveKit gives up for its own absence is no fault of theirs.
            await db.transact(partial(_wait_on, stream_id=row["id"]))
        raise

    async def look(tx: Tx) -> None:
        of_rooms = await tx.all(queries.of_rooms(), names=sorted(names))
        for stream_id in sorted({row["id"] for row in (*running, *of_rooms)}):
            await work.sync(tx, stream_id)
        await _close_voice_rooms_of_nobody(tx, names)

    await db.transact(look)


async def _end_overdue(db: Database) -> None:
    """What did not begin within a day of its time does not begin any more."""
    async with db.reading() as tx:
        rows = await tx.all(queries.overdue(_AT_ONCE), before=clock.now() - _OVERDUE)
    for row in rows:
        await db.transact(partial(airing.finish, stream_id=row["id"]))


async def _wait_on(tx: Tx, stream_id: int) -> None:
    await tx.run(queries.stay_interrupted(), stream_id=stream_id, now=clock.now())


async def _close_voice_rooms_of_nobody(tx: Tx, names: Sequence[str]) -> None:
    """Have voice rooms closed whose owner was banned or has left: their agent may have failed to see it."""
    owners = {owner for owner in map(owner_of_voice_room, names) if owner}
    if not owners:
        return
    there = {row["id"] for row in await tx.all(voice.still_there(), user_ids=sorted(owners))}
    for name in names:
        if owner_of_voice_room(name) in owners - there:
            await work.close(tx, name)
