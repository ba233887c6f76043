"""What a host does about the people in a room; it holds in LiveKit at once and for whatever token they still have."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from cnt_grpc.kit import clock
from cnt_grpc.kit.db import Database, Row, Tx
from cnt_grpc.kit.errors import NotFound, Precondition
from cnt_grpc.kit.paging import Page
from cnt_grpc.kit.rpc.call import Caller
from cnt_grpc.live import log, work
from cnt_grpc.live.admitting import role_in, usual_role
from cnt_grpc.live.identities import identity_of, is_visitor, person_behind
from cnt_grpc.live.queries import people
from cnt_grpc.live.rooms import Present
from cnt_grpc.live.rules import streams
from cnt_grpc.live.rules.joining import Studio, required
from cnt_grpc.live.standing import Action, Entry, Role
from cnt_grpc.pb.cnt.live.v1.reason import Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Participant:
    """Somebody in a room, or waiting to be let in."""

    identity: str
    user_id: int
    name: str
    role: Role
    is_waiting: bool
    is_publishing: bool
    since: datetime


async def participants(db: Database, studio: Studio | None, caller: Caller, stream_id: int) -> Sequence[Participant]:
    """Who waits, then who is in the room. Raises NotFound, Precondition, Unavailable."""
    live = required(studio)
    async with db.reading() as tx:
        stream = await streams.own(tx, caller, stream_id, kind=None)
        waiting = await tx.all(people.waiting(), stream_id=stream_id)
    present = [one for one in await live.rooms.people(stream["room_name"]) or () if one.is_person]
    async with db.reading() as tx:
        rows = await tx.all(people.known_of(), stream_id=stream_id, identities=[one.identity for one in present])
    roles = {row["identity"]: Role(row["role"]) for row in rows}
    return [*map(_waiting, waiting), *(_present(one, roles, stream) for one in present)]


async def mute(  # noqa: PLR0917
    db: Database, studio: Studio | None, caller: Caller, stream_id: int, identity: str, keeps: tuple[bool, bool]
) -> int:
    """Silence somebody's sound and picture, but for what `keeps` names in this order; how many tracks that were.

    Raises NotFound, Precondition, Unavailable.
    """
    live = required(studio)
    stream = await _own(db, caller, stream_id, identity)
    one = await _in_room(live, stream, identity)
    keeps_sound, keeps_picture = keeps
    tracks = [*(() if keeps_sound else one.sound), *(() if keeps_picture else one.picture)]
    await live.rooms.mute(stream["room_name"], identity, tracks)
    await db.transact(lambda tx: _note(tx, stream_id, identity, Action.MUTED))
    return len(tracks)


async def remove(db: Database, studio: Studio | None, caller: Caller, stream_id: int, identity: str) -> None:
    """Put somebody out, who may come back. Raises NotFound, Precondition, Unavailable."""
    live = required(studio)
    stream = await _own(db, caller, stream_id, identity)
    one = await _in_room(live, stream, identity)
    await live.rooms.remove(stream["room_name"], identity)

    async def note(tx: Tx) -> None:
        await _put_out(tx, stream, identity, one.name)
        await _note(tx, stream_id, identity, Action.REMOVED)
        # Should they be back already with the token that they had, this puts them out.
        await work.sync(tx, stream_id)

    await db.transact(note)


async def ban(db: Database, studio: Studio | None, caller: Caller, stream_id: int, identity: str) -> None:
    """Put somebody out for good. Raises NotFound, Precondition, Unavailable."""
    live = required(studio)
    stream = await _own(db, caller, stream_id, identity)
    async with db.reading() as tx:
        known = await tx.one(people.somebody(), stream_id=stream_id, identity=identity)
        # Whoever only writes never comes into the room.
        wrote = await tx.value(people.writer(), stream_id=stream_id, user_id=person_behind(identity))
    name = known["name"] if known else wrote or (await _in_room(live, stream, identity)).name

    async def write(tx: Tx) -> None:
        now = clock.now()
        who = {"identity": identity, "user_id": person_behind(identity) or None, "name": name}
        if await tx.value(people.ban(), stream_id=stream_id, now=now, **who) is None:
            return
        await _put_out(tx, stream, identity, name)
        await _note(tx, stream_id, identity, Action.BANNED)
        # Should LiveKit not answer below, this puts them out when it does.
        await work.sync(tx, stream_id)

    # The ban comes first: from here on no token is made for them, whatever becomes of the rest.
    await db.transact(write)
    await live.rooms.remove(stream["room_name"], identity)


async def give_role(  # noqa: PLR0917
    db: Database, studio: Studio | None, caller: Caller, stream_id: int, identity: str, role: Role
) -> None:
    """Make somebody a speaker or a viewer, now and for their next token. Raises NotFound, Precondition, Unavailable."""
    live = required(studio)
    stream = await _own(db, caller, stream_id, identity)
    user_id = person_behind(identity)
    if not user_id:
        raise Precondition(Reason.LISTENER_CANNOT_SPEAK)
    await _in_room(live, stream, identity)

    async def write(tx: Tx) -> None:
        who = {"stream_id": stream_id, "identity": identity, "user_id": user_id}
        await tx.run(people.give_role(), **who, role=role, now=clock.now())
        await _note(tx, stream_id, identity, Action.PROMOTED if role is Role.SPEAKER else Action.DEMOTED)
        # Should LiveKit not answer below, this gives them the role when it does.
        await work.sync(tx, stream_id)

    # The role comes first: whoever looks through the room meanwhile finds nothing that they would take back.
    await db.transact(write)
    await live.rooms.permit(stream["room_name"], identity, role, shares_screen=stream["shared_screens"])


async def bans(tx: Tx, caller: Caller, stream_id: int, page: Page) -> tuple[list[Row], str]:
    """A page of bans, the latest first, and the token of the next one. Raises NotFound."""
    await streams.own(tx, caller, stream_id, kind=None)
    rows = await tx.all(people.bans_page(page.limit, after=not page.is_first), stream_id=stream_id, **page.params)
    return page.cut(rows, key=lambda row: (row["created_at"], row["identity"]))


async def lift_ban(tx: Tx, caller: Caller, stream_id: int, identity: str) -> None:
    """Let somebody come back. Raises NotFound."""
    await streams.own(tx, caller, stream_id, kind=None)
    await tx.run(people.lift_ban(), stream_id=stream_id, identity=identity)


async def _own(db: Database, caller: Caller, stream_id: int, identity: str) -> Row:
    """The caller's own stream or meeting, for doing something to somebody else. Raises NotFound, Precondition."""
    async with db.reading() as tx:
        stream = await streams.own(tx, caller, stream_id, kind=None)
    if identity == identity_of(caller.user_id):
        raise Precondition(Reason.HOST_IS_UNTOUCHABLE)
    return stream


async def _in_room(live: Studio, stream: Row, identity: str) -> Present:
    for one in await live.rooms.people(stream["room_name"]) or ():
        if one.identity == identity:
            return one
    raise NotFound(Reason.PARTICIPANT_NOT_FOUND)


async def _put_out(tx: Tx, stream: Row, identity: str, name: str) -> None:
    """Keep somebody out until they ask for a new token; studios and recorders ask for none."""
    if is_visitor(identity):
        user_id = person_behind(identity) or None
        who = {"identity": identity, "user_id": user_id, "name": name, "role": usual_role(stream)}
        await tx.run(people.put_out(), stream_id=stream["id"], now=clock.now(), **who)


async def _note(tx: Tx, stream_id: int, identity: str, action: Action) -> None:
    data = {"action": action, "identity": identity}
    await log.write(tx, stream_id, Entry.MODERATION, user_id=person_behind(identity), data=data)


def _waiting(row: Row) -> Participant:
    return Participant(
        identity=row["identity"],
        user_id=row["user_id"] or 0,
        name=row["name"],
        role=Role(row["role"]),
        is_waiting=True,
        is_publishing=False,
        since=row["since"],
    )


def _present(one: Present, roles: dict[str, Role], stream: Row) -> Participant:
    return Participant(
        identity=one.identity,
        user_id=person_behind(one.identity),
        name=one.name,
        role=role_in(stream, one, roles),
        is_waiting=False,
        is_publishing=one.is_publishing,
        since=datetime.fromtimestamp(one.joined_at, UTC),
    )
