"""Meetings: made by one, found by their link, with a password and a waiting room where the host wants them."""

from dataclasses import dataclass, replace

from cnt_grpc import auth
from cnt_grpc.kit import clock
from cnt_grpc.kit.db import Database, Row, Tx
from cnt_grpc.kit.errors import Denied, NotFound, Precondition
from cnt_grpc.kit.paging import Page
from cnt_grpc.kit.rpc.call import Caller
from cnt_grpc.live import log
from cnt_grpc.live.identities import identity_of
from cnt_grpc.live.queries import people
from cnt_grpc.live.queries import streams as queries
from cnt_grpc.live.queries.streams import Narrowed
from cnt_grpc.live.rules import airing, joining, streams
from cnt_grpc.live.rules.joining import Studio
from cnt_grpc.live.rules.streams import New
from cnt_grpc.live.standing import Action, Entry, Kind, Role, Status
from cnt_grpc.live.tokens import Pass
from cnt_grpc.pb.cnt.live.v1.reason import Reason


@dataclass(frozen=True, slots=True)
class Waiting:
    """The host has not let the caller in yet."""

    identity: str


async def create(tx: Tx, caller: Caller, passwords: auth.Passwords, wanted: New, password: str) -> Row:
    """Make a meeting. Raises Exhausted when too many passwords are being hashed."""
    hashed = await passwords.hash(password) if password else None
    return await streams.create(tx, caller, replace(wanted, password_hash=hashed))


async def shown(tx: Tx, caller: Caller, room: str) -> Row:
    """A meeting by its link. Raises NotFound."""
    row = await tx.one(queries.visible_room(Kind.MEETING), room_name=room, caller_id=caller.user_id)
    if row is None:
        raise NotFound(Reason.MEETING_NOT_FOUND)
    return row


async def mine(tx: Tx, caller: Caller, page: Page) -> tuple[list[Row], str]:
    """A page of the caller's own meetings, newest first."""
    return await streams.listed(tx, caller, Kind.MEETING, Narrowed(host=True), page, host_id=caller.user_id)


async def join(  # noqa: PLR0917
    db: Database, studio: Studio | None, passwords: auth.Passwords, caller: Caller, room: str, password: str
) -> Pass | Waiting:
    """Let the caller in, or have them wait. Raises NotFound, Precondition, Denied, Unavailable."""
    live = joining.required(studio)
    async with db.reading() as tx:
        meeting = await shown(tx, caller, room)
        if meeting["status"] == Status.ENDED:
            raise Precondition(Reason.MEETING_ENDED, room_name=room)
        role = await joining.role_of(tx, caller, meeting)
        stored = await tx.value(queries.password_of(), stream_id=meeting["id"])
    if role is Role.HOST:
        await live.rooms.open(room)
        return await joining.admitted(db, live, caller, meeting, role)
    if stored is not None and not await passwords.matches(password, stored):
        raise Denied(Reason.MEETING_PASSWORD_WRONG)
    if meeting["waiting_room"] and not await _let_in(db, caller, meeting, role):
        return Waiting(identity_of(caller.user_id))
    if meeting["status"] != Status.LIVE:
        raise Precondition(Reason.MEETING_NOT_STARTED, room_name=room)
    return await joining.admitted(db, live, caller, meeting, role)


async def _let_in(db: Database, caller: Caller, meeting: Row, role: Role) -> bool:
    """Whether the host has let the caller in; if not, they wait from now on."""

    async def knock(tx: Tx) -> bool:
        row = await tx.one(
            people.enter(),
            stream_id=meeting["id"],
            identity=identity_of(caller.user_id),
            user_id=caller.user_id,
            role=role,
            state="waiting",
            now=clock.now(),
        )
        if row is None:
            raise Denied(Reason.BANNED_FROM_STREAM)  # since role_of has looked
        return bool(row["state"] != "waiting")

    return await db.transact(knock)


async def admit(tx: Tx, caller: Caller, room: str, identity: str) -> int:
    """Let somebody in who waits, or everyone when `identity` is empty; how many. Raises NotFound."""
    meeting = await _own(tx, caller, room)
    one = {"identity": identity} if identity else {}
    rows = await tx.all(people.admit(everyone=not identity), stream_id=meeting["id"], now=clock.now(), **one)
    if identity and not rows:
        raise NotFound(Reason.PARTICIPANT_NOT_FOUND)
    for row in rows:
        data = {"action": Action.ADMITTED, "identity": identity_of(row["user_id"])}
        await log.write(tx, meeting["id"], Entry.MODERATION, user_id=row["user_id"], data=data)
    return len(rows)


async def end(tx: Tx, caller: Caller, room: str) -> Row:
    """End a meeting for everyone. Raises NotFound."""
    meeting = await _own(tx, caller, room)
    if not await airing.finish(tx, meeting["id"]):
        return meeting
    return await _own(tx, caller, room)


async def _own(tx: Tx, caller: Caller, room: str) -> Row:
    row = await tx.one(queries.own_meeting(), room_name=room, caller_id=caller.user_id)
    if row is None:
        raise NotFound(Reason.MEETING_NOT_FOUND)
    return row
