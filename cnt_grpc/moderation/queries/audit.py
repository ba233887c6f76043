"""Statements about the audit: its rows are added and read, and never changed."""

from sqlalchemy import BigInteger, Executable, bindparam, func, insert, select, tuple_, update
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
    # The narrowest that has an index; one thing has few acts, in whatever order they are read.
    by = None if target else act.actor_id if actor else act.action if action else act.target_kind if kind else None
    found = select(audit_log, func.coalesce(people.c.name, "").label("actor_name")).select_from(
        audit_log.outerjoin(people, people.c.id == act.actor_id)
    )
    if actor and by is not act.actor_id:
        found = found.where(act.actor_id == bindparam("actor_id", type_=BigInteger))
    if action and by is not act.action:
        found = found.where(act.action == bindparam("action"))
    if kind and by is not act.target_kind:
        found = found.where(act.target_kind == bindparam("target_kind"))
    if target:
        found = found.where(act.target_id == bindparam("target_id"))
    if by is None:
        found = found.where(beyond(act.id)) if after else found
        return found.order_by(act.id.desc()).limit(limit)
    # A range of one value, and not only `=`, which lets Postgres go through all acts from the last one on until it has
    # found a page of the wanted ones: where they are rare, through the whole audit.
    value = bindparam(by.name, type_=by.type)
    after_0 = bindparam("after_0", type_=act.id.type)
    upper = tuple_(by, act.id) < tuple_(value, after_0) if after else by <= value
    return found.where(by >= value, upper).order_by(by.desc(), act.id.desc()).limit(limit)


@statement
def acts_of() -> Executable:
    """All of one person's acts, in their order. Parameter: user_id."""
    act = audit_log.c
    shown = (act.id, act.at, act.action, act.target_kind, act.target_id, act.before, act.after, act.reason)
    return select(*shown).where(act.actor_id == bindparam("user_id")).order_by(act.id)
