"""Statements that make, change and delete events."""

from sqlalchemy import BigInteger, ColumnElement, Executable, bindparam, case, delete, insert, update

from cnt_grpc import moderation
from cnt_grpc.community.tables import events
from cnt_grpc.kit.db import among, statement

_event = events.c
_ID = bindparam("event_id", type_=BigInteger)

CHANGEABLE = (
    "title",
    "description",
    "category",
    "starts_at",
    "ends_at",
    "location",
    "latitude",
    "longitude",
    "cell",
    "max_attendees",
    "requires_approval",
    "cover_id",
    "cover_key",
)
"""The columns that an update may set."""


def _values(*names: str) -> dict[str, ColumnElement[object]]:
    return {name: bindparam(name, type_=events.c[name].type) for name in names}


@statement
def insert_event() -> Executable:
    """A new event; returns its id."""
    names = (*CHANGEABLE, "host_id", "status", "created_at", "approved_at")
    moments: dict[str, ColumnElement[object]] = {
        "published_at": bindparam("created_at"),
        "edited_at": bindparam("created_at"),
    }
    return insert(events).values(**_values(*names), **moments).returning(_event.id)


@statement
def update_event() -> Executable:
    """Set all that is changeable of an event. Parameters: event_id, edited_at, and every column.

    Whoever comes is reminded of another beginning anew.
    """
    values = _values(*CHANGEABLE, "edited_at")
    same = _event.starts_at == bindparam("starts_at", type_=_event.starts_at.type)
    again = {"reminded_at": case((same, _event.reminded_at), else_=None)}
    return update(events).where(_event.id == _ID).values(values | again | {"edits": _event.edits + 1})


@statement
def set_status(*, decided: bool) -> Executable:
    """Move an event from one status to another, as moderation.Standing asks for it."""
    return moderation.moving(events, decided=decided).returning(events)


@statement
def delete_event() -> Executable:
    """Delete an event; the answers go with it. Parameter: event_id."""
    return delete(events).where(_event.id == _ID)


@statement
def set_reminded() -> Executable:
    """Note that people were reminded of events. Parameters: ids, now."""
    return (
        update(events)
        .where(among(_event.id, "ids"))
        .values(reminded_at=bindparam("now", type_=_event.reminded_at.type))
    )
