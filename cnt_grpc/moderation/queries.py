"""Every statement of the moderation room."""

from sqlalchemy import Executable, bindparam, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from cnt_grpc.kit.db import statement
from cnt_grpc.kit.paging import beyond
from cnt_grpc.moderation.tables import audit_head, audit_log, moderation_cases


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
def lock_audit_head() -> Executable:
    """The end of the audit's chain, made when there is none, and locked until the transaction ends.

    An upsert, because at READ COMMITTED it returns the row as the transaction before left it, after waiting for it.
    """
    head = audit_head.c
    return (
        upsert(audit_head)
        .values(one=1, length=0, hash=b"")
        .on_conflict_do_update(index_elements=[head.one], set_={"one": 1})
        .returning(head.length, head.hash)
    )


@statement
def append_audit() -> Executable:
    """A row at the end of the chain, and the new end."""
    names = ("id", "at", "actor_id", "action", "target_kind", "target_id", "before", "after", "reason", "hash")
    added = insert(audit_log).values({name: bindparam(name) for name in names}).cte("added")
    return update(audit_head).values(length=bindparam("id"), hash=bindparam("hash")).add_cte(added)


@statement
def audit_head_now() -> Executable:
    """The end of the chain, without locking it."""
    return select(audit_head.c.length, audit_head.c.hash)


@statement
def audit_after(limit: int) -> Executable:
    """The rows behind one, in the order of the chain. Parameter: after, an id."""
    return select(audit_log).where(audit_log.c.id > bindparam("after")).order_by(audit_log.c.id).limit(limit)
