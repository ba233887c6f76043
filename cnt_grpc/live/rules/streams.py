"""Announcing, finding and changing streams."""

import re
import secrets
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from cnt_grpc import notification, search
from cnt_grpc.kit import clock
from cnt_grpc.kit.db import Row, Tx
from cnt_grpc.kit.errors import NotFound, Precondition
from cnt_grpc.kit.paging import Page
from cnt_grpc.kit.rpc.call import Caller
from cnt_grpc.live import work
from cnt_grpc.live.queries import ingresses
from cnt_grpc.live.queries import streams as queries
from cnt_grpc.live.queries.streams import Narrowed
from cnt_grpc.live.rules import oversight
from cnt_grpc.live.standing import Audience, Kind, Status
from cnt_grpc.pb.cnt.live.v1.reason import Reason

_SLUG_LENGTH = 40
_LATE = timedelta(hours=1)
"""How long after its time a stream that has not begun is still waited for."""
_TAIL_BYTES = 6
"""Random bytes at the end of a room's name: enough that a meeting's link cannot be guessed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class New:
    """A stream or meeting to be."""

    kind: Kind
    title: str
    description: str = ""
    category: str | None = None
    audience: Audience
    scheduled_start: datetime | None = None
    password_hash: str | None = None
    waiting_room: bool = False
    shared_screens: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """What a host wants a stream to be; None keeps what is there."""

    title: str | None = None
    description: str | None = None
    category: str | None = None
    """Empty for none."""
    audience: Audience | None = None
    scheduled_start: datetime | None = None
    clears_scheduled_start: bool = False


def room_name(title: str) -> str:
    """A name for links: what the title has of plain letters and digits, and a random tail."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    slug = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:_SLUG_LENGTH].strip("-")
    return f"{slug or 'live'}-{secrets.token_hex(_TAIL_BYTES)}"


async def create(tx: Tx, caller: Caller, wanted: New) -> Row:
    """Announce a stream, or make a meeting."""
    now = clock.now()
    stream_id: int = await tx.value(
        queries.insert_stream(),
        kind=wanted.kind,
        host_id=caller.user_id,
        title=wanted.title,
        description=wanted.description,
        category=wanted.category,
        room_name=room_name(wanted.title),
        status=Status.SCHEDULED,
        audience=wanted.audience,
        password_hash=wanted.password_hash,
        waiting_room=wanted.waiting_room,
        shared_screens=wanted.shared_screens,
        scheduled_start=wanted.scheduled_start,
        listed_at=wanted.scheduled_start or now,
        created_at=now,
        updated_at=now,
    )
    stream = await own(tx, caller, stream_id, kind=wanted.kind)
    await show_in_search(tx, stream)
    return stream


async def shown(tx: Tx, caller: Caller, stream_id: int) -> Row:
    """One stream, as the caller may see it. Raises NotFound."""
    return _found(await tx.one(queries.visible_stream(), stream_id=stream_id, caller_id=caller.user_id))


async def in_room(tx: Tx, caller: Caller, room: str) -> Row:
    """One stream by its room's name. Raises NotFound."""
    return _found(await tx.one(queries.visible_room(Kind.STREAM), room_name=room, caller_id=caller.user_id))


async def of_person(tx: Tx, caller: Caller, username: str) -> Row:
    """A person's stream that is on air, else the one that begins next. Raises NotFound."""
    who = {"username": username.lower(), "caller_id": caller.user_id}
    return _found(await tx.one(queries.stream_of_person(), **who, since=clock.now() - _LATE))


async def own(tx: Tx, caller: Caller, stream_id: int, *, kind: Kind | None = Kind.STREAM, locked: bool = False) -> Row:
    """A stream of the caller's own, behind the door to what its host may do. Raises NotFound."""
    stmt = queries.own_stream(kind, locked=locked)
    return _found(await tx.one(stmt, stream_id=stream_id, caller_id=caller.user_id))


async def anyones(tx: Tx, stream_id: int) -> Row:
    """Any stream, locked, for moderators. Raises NotFound."""
    return _found(await tx.one(queries.own_stream(Kind.STREAM, locked=True, anyones=True), stream_id=stream_id))


def _found(row: Row | None) -> Row:
    if row is None:
        raise NotFound(Reason.STREAM_NOT_FOUND)
    return row


async def listed(
    tx: Tx, caller: Caller, kind: Kind, narrowed: Narrowed, page: Page, **values: object
) -> tuple[list[Row], str]:
    """A page of streams that the caller may see, newest first, and the token of the next page."""
    stmt = queries.streams_page(kind, narrowed, page.limit, after=not page.is_first)
    rows = await tx.all(stmt, caller_id=caller.user_id, **values, **page.params)
    return page.cut(rows, key=lambda row: (row["listed_at"], row["id"]))


async def recommended(tx: Tx, caller: Caller) -> Sequence[Row]:
    """What to look into now, best first."""
    return await tx.all(queries.recommended(), caller_id=caller.user_id, now=clock.now())


async def update(tx: Tx, caller: Caller, stream_id: int, wanted: Changes) -> Row:
    """Change what a stream says of itself. Raises NotFound, Precondition."""
    old = await own(tx, caller, stream_id, locked=True)
    refuse_ended(old)
    start = None if wanted.clears_scheduled_start else wanted.scheduled_start or old["scheduled_start"]
    await tx.run(
        queries.update_stream(),
        stream_id=stream_id,
        title=old["title"] if wanted.title is None else wanted.title,
        description=old["description"] if wanted.description is None else wanted.description,
        category=old["category"] if wanted.category is None else wanted.category or None,
        audience=wanted.audience or old["audience"],
        scheduled_start=start,
        now=clock.now(),
    )
    stream = await own(tx, caller, stream_id)
    await show_in_search(tx, stream)
    return stream


async def delete(tx: Tx, caller: Caller, stream_id: int) -> None:
    """Delete a stream that is not on air. Raises NotFound, Precondition."""
    stream = await (anyones(tx, stream_id) if caller.is_moderator else own(tx, caller, stream_id, locked=True))
    if stream["status"] == Status.LIVE:
        raise Precondition(Reason.STREAM_IS_LIVE, stream_id=stream_id)
    way = await tx.one(ingresses.of_stream(), stream_id=stream_id)
    await tx.run(queries.delete_stream(), stream_id=stream_id)
    await work.close(tx, stream["room_name"], has_ways_in=way is not None)
    await search.remove(tx, search.Kind.STREAM, stream_id)
    await notification.take_back(tx, notification.thing(oversight.STREAM, stream_id), author_id=None)
    await oversight.of_stream(tx, caller, "delete", stream, "it was deleted")


def refuse_ended(stream: Row) -> None:
    """What is over stays as it was."""
    if stream["status"] == Status.ENDED:
        raise Precondition(Reason.STREAM_ENDED, stream_id=stream["id"])


async def show_in_search(tx: Tx, stream: Row) -> None:
    """Let everyone find the stream; nobody finds a meeting."""
    if stream["kind"] == Kind.STREAM:
        await search.put(tx, document(stream))


def document(stream: Row) -> search.Document:
    """The stream as search knows it."""
    return search.Document(
        kind=search.Kind.STREAM,
        ref=stream["id"],
        title=stream["title"],
        text=stream["description"],
        owner_id=stream["host_id"],
        at=stream["listed_at"],
    )
