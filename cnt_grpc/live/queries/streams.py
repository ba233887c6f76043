"""Statements that read and change streams and meetings; the doors to them are here."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Executable,
    Select,
    and_,
    bindparam,
    case,
    delete,
    exists,
    func,
    insert,
    or_,
    select,
    update,
)

from cnt_grpc import auth, content
from cnt_grpc.kit.db import among, statement
from cnt_grpc.kit.paging import beyond
from cnt_grpc.live.standing import Kind, Status
from cnt_grpc.live.tables import live_streams

_stream = live_streams.c
_people = auth.people
_hosts = auth.public_people
_ID = bindparam("stream_id", type_=BigInteger)
CALLER_ID = bindparam("caller_id", type_=BigInteger)

RECOMMENDED: Final = 20

_SHOWN: tuple[ColumnElement[Any], ...] = (
    *(
        _stream[name]
        for name in (
            "id", "kind", "host_id", "title", "description", "category", "room_name", "status", "audience",
            "waiting_room", "shared_screens", "scheduled_start", "started_at", "ended_at", "viewers", "peak_viewers",
            "chat_enabled", "chat_followers_only", "chat_slow_seconds", "chat_blocked_words", "egress_id", "listed_at",
            "created_at", "interrupted_at",
        )
    ),
    _stream.password_hash.is_not(None).label("is_locked"),
    _people.c.name.label("host_name"),
    _people.c.username.label("host_username"),
    _people.c.avatar_key.label("host_avatar_key"),
)  # fmt: skip
"""What every message of a stream shows; messages read it by these names."""


def _shown(kind: Kind | None) -> Select[*tuple[Any, ...]]:
    found = select(*_SHOWN).select_from(live_streams.join(_people, _people.c.id == _stream.host_id))
    return found if kind is None else found.where(_stream.kind == kind.value)


def meets_host() -> ColumnElement[bool]:
    """The condition that the host is in public and that neither blocked the other; 0 is nobody, whom nobody blocks."""
    in_public = exists().where(_hosts.c.id == _stream.host_id)
    return and_(in_public, auth.not_blocked(CALLER_ID, _stream.host_id))


@dataclass(frozen=True, slots=True, kw_only=True)
class Narrowed:
    """By what a list of streams is narrowed: the shape of its statement; values are parameters of the same names."""

    status: Status | None = None
    but_ended: bool = False
    category: bool = False
    host: bool = False
    followed: bool = False
    """To people whom the caller follows."""

    def conditions(self) -> Iterator[ColumnElement[bool]]:
        """What a stream of the list must fulfil."""
        if self.status is not None:
            yield _stream.status == self.status.value
        if self.but_ended:
            yield _stream.status != Status.ENDED.value
        if self.category:
            yield _stream.category == bindparam("category")
        if self.host:
            yield _stream.host_id == bindparam("host_id", type_=BigInteger)
        if self.followed:
            follows = content.follows
            followed = select(follows.c.person_id).where(follows.c.follower_id == CALLER_ID)
            yield _stream.host_id.in_(followed)


@statement
def streams_page(kind: Kind, narrowed: Narrowed, limit: int, *, after: bool) -> Executable:
    """A page of streams, newest first. Parameters: caller_id, those of `narrowed`, and the page's own."""
    found = _shown(kind).where(meets_host(), *narrowed.conditions())
    if after:
        found = found.where(beyond(_stream.listed_at, _stream.id))
    return found.order_by(_stream.listed_at.desc(), _stream.id.desc()).limit(limit)


@statement
def recommended() -> Executable:
    """On air with the most viewers, then those that begin soonest. Parameters: caller_id, now."""
    live = _stream.status == Status.LIVE.value
    now = bindparam("now", type_=_stream.listed_at.type)
    # Lists go by listed_at, which an index has: it is when a stream begins that has not begun.
    soon = (_stream.status == Status.SCHEDULED.value) & (_stream.scheduled_start > now) & (_stream.listed_at > now)
    return (
        _shown(Kind.STREAM)
        .where(meets_host(), or_(live, soon))
        .order_by(case((live, 0), else_=1), _stream.viewers.desc(), _stream.scheduled_start, _stream.id.desc())
        .limit(RECOMMENDED)
    )


@statement
def visible_stream() -> Executable:
    """One stream, if the caller and its host have not blocked each other. Parameters: stream_id, caller_id."""
    return _shown(Kind.STREAM).where(_stream.id == _ID, meets_host())


@statement
def streams_by_id() -> Executable:
    """Streams of these ids (parameter: ids) that the caller may see."""
    return _shown(Kind.STREAM).where(among(_stream.id, "ids"), meets_host())


WITH_STATUS: Final = {status: select(_stream.id).where(_stream.status == status.value) for status in Status}
"""The ids of what stands so, for searches that are to find nothing else."""


@statement
def streams_to_show() -> Executable:
    """Streams of these ids (parameter: ids), whoever may see them."""
    return _shown(Kind.STREAM).where(among(_stream.id, "ids"))


@statement
def streams_after(limit: int) -> Executable:
    """Streams behind this id (parameter: after), by rising id, held until the transaction ends."""
    found = _shown(Kind.STREAM).where(_stream.id > bindparam("after", type_=BigInteger))
    return found.order_by(_stream.id).limit(limit).with_for_update(read=True, of=live_streams)


@statement
def visible_room(kind: Kind) -> Executable:
    """One stream or meeting by its room's name. Parameters: room_name, caller_id."""
    return _shown(kind).where(_stream.room_name == bindparam("room_name"), meets_host())


@statement
def stream_of_person() -> Executable:
    """The stream of a person that is on air or was a moment ago, else the one that begins next.

    Parameters: username, caller_id, since: what was to begin before this and never did is none.
    """
    live = _stream.status == Status.LIVE.value
    interrupted = _stream.interrupted_at.is_not(None)
    since = bindparam("since", type_=_stream.scheduled_start.type)
    comes = _stream.scheduled_start.is_(None) | (_stream.scheduled_start > since)
    return (
        _shown(Kind.STREAM)
        .where(
            func.lower(_people.c.username) == bindparam("username"),
            _stream.status != Status.ENDED.value,
            or_(live, interrupted, comes),
            meets_host(),
        )
        .order_by(case((live, 0), (interrupted, 1), else_=2), _stream.scheduled_start.nulls_last(), _stream.id.desc())
        .limit(1)
    )


@statement
def own_stream(kind: Kind | None, *, locked: bool, anyones: bool = False) -> Executable:
    """A stream of the caller's own, or anyone's. Parameters: stream_id, and caller_id unless it is anyone's."""
    found = _shown(kind).where(_stream.id == _ID)
    if not anyones:
        found = found.where(_stream.host_id == CALLER_ID)
    return found.with_for_update(of=live_streams) if locked else found


@statement
def own_meeting() -> Executable:
    """A meeting of the caller's own, locked. Parameters: room_name, caller_id."""
    return (
        _shown(Kind.MEETING)
        .where(_stream.room_name == bindparam("room_name"), _stream.host_id == CALLER_ID)
        .with_for_update(of=live_streams)
    )


@statement
def password_of() -> Executable:
    """The hash of a meeting's password. Parameter: stream_id."""
    return select(_stream.password_hash).where(_stream.id == _ID)


@statement
def insert_stream() -> Executable:
    """A new stream or meeting; returns its id."""
    names = (
        "kind", "host_id", "title", "description", "category", "room_name", "status", "audience", "password_hash",
        "waiting_room", "shared_screens", "scheduled_start", "listed_at", "created_at", "updated_at",
    )  # fmt: skip
    values = {name: bindparam(name, type_=live_streams.c[name].type) for name in names}
    return insert(live_streams).values(values).returning(_stream.id)


@statement
def update_stream() -> Executable:
    """Set what a host may change. Parameters: stream_id, the columns, now."""
    names = ("title", "description", "category", "audience", "scheduled_start")
    values = {name: bindparam(name, type_=live_streams.c[name].type) for name in names}
    # A stream that was on air keeps its place in lists.
    listed_at = func.coalesce(_stream.started_at, values["scheduled_start"], _stream.created_at)
    return (
        update(live_streams).where(_stream.id == _ID).values(**values, listed_at=listed_at, updated_at=bindparam("now"))
    )


@statement
def update_chat() -> Executable:
    """Set how a chat works. Parameters: stream_id, the columns, now."""
    names = ("chat_enabled", "chat_followers_only", "chat_slow_seconds", "chat_blocked_words")
    values = {name: bindparam(name, type_=live_streams.c[name].type) for name in names}
    return update(live_streams).where(_stream.id == _ID).values(**values, updated_at=bindparam("now"))


@statement
def delete_stream() -> Executable:
    """Delete a stream and all that hangs on it. Parameter: stream_id."""
    return delete(live_streams).where(_stream.id == _ID)
