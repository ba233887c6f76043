"""Coming into a stream's room: who may, as what, and with which token."""

from dataclasses import dataclass

from cnt_grpc.kit import clock
from cnt_grpc.kit.db import Database, Row, Tx
from cnt_grpc.kit.errors import Denied, Precondition
from cnt_grpc.kit.rpc.call import Caller
from cnt_grpc.live.admitting import usual_role
from cnt_grpc.live.identities import anonymous_identity, identity_of
from cnt_grpc.live.queries import people
from cnt_grpc.live.rooms import Rooms
from cnt_grpc.live.rules import streams
from cnt_grpc.live.standing import Audience, Kind, Role, Status
from cnt_grpc.live.tokens import Minter, Pass
from cnt_grpc.pb.cnt.live.v1.reason import Reason

_LISTENER = "Listener"


@dataclass(frozen=True, slots=True)
class Studio:
    """What is behind the doors of rooms: LiveKit, and the key that its tokens are signed with."""

    rooms: Rooms
    minter: Minter


def required(studio: Studio | None) -> Studio:
    """The studio, where there is one. Raises Precondition."""
    if studio is None:
        raise Precondition(
            Reason.LIVE_NOT_CONFIGURED,
            "set LIVEKIT_WS_URL, LIVEKIT_API_KEY and LIVEKIT_API_SECRET",
            settings="LIVEKIT_WS_URL, LIVEKIT_API_KEY, LIVEKIT_API_SECRET",
        )
    return studio


def refuse_audience(stream: Row, caller: Caller) -> None:
    """Raise Denied where the host's audience leaves the caller out."""
    audience = Audience(stream["audience"])
    if (caller.is_anonymous and audience is not Audience.EVERYONE) or (
        caller.is_guest and audience is Audience.ACCOUNTS
    ):
        raise Denied(Reason.AUDIENCE_CLOSED, audience=audience)


async def join(db: Database, studio: Studio | None, caller: Caller, stream_id: int = 0, *, room: str = "") -> Pass:
    """Let the caller into a stream's room, named by its id or the room's name.

    Raises NotFound, Precondition, Denied, and Unavailable when LiveKit does not answer the host.
    """
    live = required(studio)
    async with db.reading() as tx:
        stream = await (streams.in_room(tx, caller, room) if room else streams.shown(tx, caller, stream_id))
        streams.refuse_ended(stream)
        role = await role_of(tx, caller, stream)
    if role is Role.HOST:
        # A room is where its host is: LiveKit makes none by itself.
        await live.rooms.open(stream["room_name"])
    elif stream["status"] != Status.LIVE:
        raise Precondition(Reason.STREAM_NOT_STARTED, stream_id=stream["id"])
    return await admitted(db, live, caller, stream, role)


async def role_of(tx: Tx, caller: Caller, stream: Row) -> Role:
    """What the caller may do in this room. Raises Denied."""
    if stream["host_id"] == caller.user_id:
        return Role.HOST
    refuse_audience(stream, caller)
    if caller.is_anonymous:
        return Role.VIEWER
    stands = await tx.one(people.standing(), stream_id=stream["id"], identity=identity_of(caller.user_id))
    assert stands is not None  # it tells of a ban even where it tells nothing else
    if stands["banned"]:
        raise Denied(Reason.BANNED_FROM_STREAM)
    return Role(stands["role"]) if stands["role"] else usual_role(stream)


async def admitted(db: Database, live: Studio, caller: Caller, stream: Row, role: Role) -> Pass:
    """Write down who comes in, and give them their token."""
    identity, name = anonymous_identity(), _LISTENER
    if not caller.is_anonymous:
        identity = identity_of(caller.user_id)
        role, name = await db.transact(lambda tx: _enter(tx, caller, stream, role))
    return live.minter.mint(
        room=stream["room_name"],
        kind=Kind(stream["kind"]),
        identity=identity,
        name=name,
        role=role,
        shares_screen=role is Role.HOST or stream["shared_screens"],
    )


async def _enter(tx: Tx, caller: Caller, stream: Row, role: Role) -> tuple[Role, str]:
    row = await tx.one(
        people.enter(),
        stream_id=stream["id"],
        identity=identity_of(caller.user_id),
        user_id=caller.user_id,
        role=role,
        state="admitted",
        now=clock.now(),
    )
    if row is None:
        raise Denied(Reason.BANNED_FROM_STREAM)  # since role_of has looked
    return Role(row["role"]), row["name"]
