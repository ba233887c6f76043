"""Statements on the things that moderators decide on: rows of a table of another room, one for each."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Executable,
    Select,
    Table,
    bindparam,
    case,
    select,
    true,
    update,
)
from sqlalchemy.sql.dml import Update

from cnt_grpc import auth
from cnt_grpc.kit.db import among, statement
from cnt_grpc.kit.paging import beyond
from cnt_grpc.moderation.status import Status

_THING = bindparam("thing_id", type_=BigInteger)


# eq=False: it is itself, and columns do not compare as other things do.
@dataclass(frozen=True, slots=True, eq=False)
class Things:
    """Where the things of one kind lie.

    The table has the columns id, status, rejection_reason, created_at, published_at (when it was approved first, or
    made while it never was) and approved_at (when it was approved first).
    """

    table: Table
    author_id: Column[int]
    only: ColumnElement[bool] | None = None
    """Which rows of the table; None: all."""


@statement
def thing_to_decide(things: Things) -> Executable:
    """One thing with its author's names, locked as one that may be deleted is. Parameter: thing_id."""
    return _with_names(things).where(things.table.c.id == _THING).with_for_update(of=things.table)


@statement
def things_to_show(things: Things) -> Executable:
    """The things with these ids (parameter: ids) and their authors' names."""
    return _with_names(things).where(among(things.table.c.id, "ids"))


@statement
def things_page(things: Things, status: Status | None, limit: int, *, author: bool, after: bool) -> Executable:
    """A page of all things, newest first, with their authors' names. Parameter if asked for: author_id."""
    thing = things.table.c
    found = _with_names(things)
    if status is not None:
        found = found.where(thing.status == status.value)
    if author:
        found = found.where(things.author_id == bindparam("author_id", type_=BigInteger))
    if after:
        found = found.where(beyond(thing.published_at, thing.id))
    return found.order_by(thing.published_at.desc(), thing.id.desc()).limit(limit)


def moving(table: Table, *, decided: bool) -> Update:
    """Move a thing from one status to another; no row when it does not stand at `was`. The first approval dates it.

    Parameters: thing_id, was, now, at; and when a moderator `decided` also reason.
    """
    thing = table.c
    now = bindparam("now", type_=thing.status.type)
    at = bindparam("at", type_=thing.created_at.type)
    first_approval = (now == Status.APPROVED.value) & thing.approved_at.is_(None)
    values: dict[str, ColumnElement[Any]] = {
        "status": now,
        "published_at": case((first_approval, at), else_=thing.published_at),
        "approved_at": case((first_approval, at), else_=thing.approved_at),
    }
    if decided:
        values["rejection_reason"] = bindparam("reason")
    return update(table).where(thing.id == _THING, thing.status == bindparam("was")).values(values)


def _with_names(things: Things) -> Select[Any]:
    people = auth.people
    names = (people.c.name.label("author_name"), people.c.username.label("author_username"))
    found = select(things.table, *names).select_from(things.table.join(people, people.c.id == things.author_id))
    return found.where(true() if things.only is None else things.only)
