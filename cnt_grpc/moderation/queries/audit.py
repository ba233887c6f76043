"""Statements about the audit: its rows are added and read, and never changed."""

from sqlalchemy import BigInteger, Executable, bindparam, func, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from cnt_grpc import auth
from cnt_grpc.kit.db import statement
from cnt_grpc.kit.paging import beyond
from cnt_grpc.moderation.tables import audit_head, audit_log


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


@statement
def acts(limit: int, *, actor: bool, action: bool, kind: bool, target: bool, after: bool) -> Executable:
    """A page of acts, the last first, with the actors' names. Parameters: actor_id, action, target_kind, target_id."""
    act, people = audit_log.c, auth.people
    found = select(audit_log, func.coalesce(people.c.name, "").label("actor_name")).select_from(
        audit_log.outerjoin(people, people.c.id == act.actor_id)
    )
    if actor:
        found = found.where(act.actor_id == bindparam("actor_id", type_=BigInteger))
    if action:
        found = found.where(act.action == bindparam("action"))
    if kind:
        found = found.where(act.target_kind == bindparam("target_kind"))
    if target:
        found = found.where(act.target_id == bindparam("target_id"))
    if after:
        found = found.where(beyond(act.id))
    return found.order_by(act.id.desc()).limit(limit)


@statement
def acts_of() -> Executable:
    """All of one person's acts, in their order. Parameter: user_id."""
    act = audit_log.c
    shown = (act.id, act.at, act.action, act.target_kind, act.target_id, act.before, act.after, act.reason)
    return select(*shown).where(act.actor_id == bindparam("user_id")).order_by(act.id)
