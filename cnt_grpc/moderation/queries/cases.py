"""Statements about what waits for a moderator."""

from sqlalchemy import Executable, bindparam, func, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from cnt_grpc.kit.db import statement
from cnt_grpc.kit.paging import beyond
from cnt_grpc.moderation.tables import moderation_cases


@statement
def open_cases(limit: int, *, of_one: bool, after: bool) -> Executable:
    """What waits for a moderator, the longest waiting first; of all people, or (parameter: author_id) `of_one`."""
    cases = moderation_cases.c
    found = select(cases.id, cases.kind, cases.subject_id, cases.opened_at).where(cases.closed_at.is_(None))
    if of_one:
        found = found.where(cases.author_id == bindparam("author_id"))
    if after:
        found = found.where(beyond(cases.opened_at, cases.id, ascending=True))
    return found.order_by(cases.opened_at, cases.id).limit(limit)


@statement
def open_case() -> Executable:
    """Let a subject wait for a moderator, unless it does already."""
    cases = moderation_cases.c
    return (
        upsert(moderation_cases)
        .values({name: bindparam(name) for name in ("kind", "subject_id", "author_id", "opened_at")})
        .on_conflict_do_nothing(index_elements=[cases.kind, cases.subject_id], index_where=cases.closed_at.is_(None))
    )


@statement
def close_case() -> Executable:
    """Let a subject wait no longer."""
    cases = moderation_cases.c
    return (
        update(moderation_cases)
        .where(cases.kind == bindparam("kind"), cases.subject_id == bindparam("subject_id"), cases.closed_at.is_(None))
        .values(closed_at=bindparam("at"), outcome=bindparam("outcome"))
    )


@statement
def number_of_open_cases() -> Executable:
    """How many things of each kind wait for a moderator."""
    cases = moderation_cases.c
    return select(cases.kind, func.count().label("number")).where(cases.closed_at.is_(None)).group_by(cases.kind)


@statement
def cases_of() -> Executable:
    """All of one person's cases, the oldest first. Parameter: user_id."""
    cases = moderation_cases.c
    shown = (cases.kind, cases.subject_id, cases.opened_at, cases.closed_at, cases.outcome)
    return select(*shown).where(cases.author_id == bindparam("user_id")).order_by(cases.opened_at, cases.id)
