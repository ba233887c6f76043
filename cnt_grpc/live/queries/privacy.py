"""Statements about what the live room holds of a person, and about leaving it behind."""

from typing import Final

from sqlalchemy import BigInteger, Executable, Select, Table, bindparam, delete, exists, or_, select, update

from cnt_grpc.kit.db import statement
from cnt_grpc.live.standing import Status
from cnt_grpc.live.tables import (
    live_streams,
    stream_bans,
    stream_ingresses,
    stream_messages,
    stream_participants,
    voice_chats,
)

_USER = bindparam("user_id", type_=BigInteger)
_HIDDEN: Final = frozenset({"password_hash", "egress_id", "egress_key", "egress_asked_at", "last_seq"})

_OF: Final[dict[str, tuple[Table, str]]] = {
    "live_streams": (live_streams, "host_id"),
    "stream_messages": (stream_messages, "user_id"),
    "stream_participants": (stream_participants, "user_id"),
    "stream_bans": (stream_bans, "user_id"),
    "voice_chats": (voice_chats, "user_id"),
}
KINDS: Final = tuple(_OF)


@statement
def rows(kind: str) -> Executable:
    """Everything of this kind that is a person's own. Parameter: user_id."""
    table, column = _OF[kind]
    found: Select[*tuple[object, ...]] = select(*(each for each in table.c if each.name not in _HIDDEN))
    return found.where(table.c[column] == _USER).order_by(*table.primary_key)


@statement
def rooms_of() -> Executable:
    """The rooms of what a person gives that is not over, or has a studio's way in. Parameter: user_id."""
    stream = live_streams.c
    way = exists().where(stream_ingresses.c.stream_id == stream.id)
    return select(stream.room_name, way.label("has_ways_in")).where(
        stream.host_id == _USER, or_(stream.status != Status.ENDED.value, way)
    )


@statement
def streams_of() -> Executable:
    """The ids of all that a person ever gave. Parameter: user_id."""
    return select(live_streams.c.id).where(live_streams.c.host_id == _USER)


@statement
def delete_streams() -> Executable:
    """Delete what a person gave, with its log. Parameter: user_id."""
    return delete(live_streams).where(live_streams.c.host_id == _USER)


@statement
def blank_messages() -> Executable:
    """Take out what a person wrote in the streams of others. Parameter: user_id."""
    said = stream_messages.c
    return update(stream_messages).where(said.user_id == _USER).values(text="", removed=True, user_id=None)


@statement
def drop(kind: str) -> Executable:
    """Delete a person's rows of this kind. Parameter: user_id."""
    table, column = _OF[kind]
    return delete(table).where(table.c[column] == _USER)
