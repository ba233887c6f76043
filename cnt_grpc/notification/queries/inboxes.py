"""Inboxes: read them, change what their owners ask for, drop what is too old; each statement names whose it touches."""

from typing import Literal

from sqlalchemy import (
    ARRAY,
    BigInteger,
    ColumnElement,
    Executable,
    ScalarSelect,
    Update,
    bindparam,
    column,
    delete,
    func,
    lateral,
    select,
    true,
    update,
)

from cnt_grpc.kit.db import among, statement
from cnt_grpc.kit.db.tables import MOMENT
from cnt_grpc.kit.paging import beyond
from cnt_grpc.notification.queries.blocks import meets
from cnt_grpc.notification.tables import inbox_heads, notifications

_ME = bindparam("recipient_id", type_=BigInteger)
_BEFORE = bindparam("before", type_=MOMENT)
_head = inbox_heads.c
_row = notifications.c
_INBOX = (_head.last_seq, _head.forgotten_seq, _head.unread)
_NOTIFICATION = (
    *(_row.seq, _row.type, _row.title, _row.message, _row.data, _row.read, _row.created_at),
    meets(_row.recipient_id, _row.data).label("met"),
)


def _numbers(name: str) -> ColumnElement[object]:
    return bindparam(name, type_=ARRAY(BigInteger))


# -- reading ----------------------------------------------------------------------------------------------------------


@statement
def head() -> Executable:
    """The state of one inbox; no row for someone who was never told anything."""
    return select(*_INBOX).where(_head.recipient_id == _ME)


@statement
def inbox_page(limit: int, *, unread_only: bool, first: bool) -> Executable:
    """The state of one inbox and a page of it, newest first, as of one moment; one row at least if it has a state."""
    page = select(*_NOTIFICATION).where(_row.recipient_id == _ME)
    if unread_only:
        page = page.where(~_row.read)
    if not first:
        page = page.where(beyond(_row.seq))
    shown = lateral(page.order_by(_row.seq.desc()).limit(limit))
    return (
        select(*_INBOX, *shown.c)
        .select_from(inbox_heads.outerjoin(shown, true()))
        .where(_head.recipient_id == _ME)
        .order_by(shown.c.seq.desc())
    )


@statement
def after(limit: int) -> Executable:
    """For each pair of :recipient_ids and :after_seqs the inbox's state and its first rows after the number.

    One row at least for each pair, ordered by `pair`, which counts from 1, and by number; all as of one moment.
    """
    watched = (
        func.unnest(_numbers("recipient_ids"), _numbers("after_seqs"))
        .table_valued(column("recipient_id", BigInteger), column("after_seq", BigInteger), with_ordinality="pair")
        .render_derived("watched")
    )
    new = lateral(
        select(*_NOTIFICATION)
        .where(
            _row.recipient_id == watched.c.recipient_id,
            _row.seq > watched.c.after_seq,
            # False for most of a sweep, and then the rows are not even looked for.
            _head.last_seq > watched.c.after_seq,
        )
        .correlate(watched, inbox_heads)
        .order_by(_row.seq)
        .limit(limit)
    )
    return (
        select(watched.c.pair, *_INBOX, *new.c)
        .select_from(
            watched.outerjoin(inbox_heads, _head.recipient_id == watched.c.recipient_id).outerjoin(new, true())
        )
        .order_by(watched.c.pair, new.c.seq)
    )


# -- what the owner does ----------------------------------------------------------------------------------------------


@statement
def lock() -> Executable:
    """The state of one inbox, which no other transaction changes until this one ends."""
    return select(*_INBOX).where(_head.recipient_id == _ME).with_for_update(key_share=True)


@statement
def mark_read(which: Literal["some", "all"]) -> Executable:
    """Mark as read the rows :seqs, or all; what is left to read comes back. The inbox must be locked."""
    marked = update(notifications).where(_row.recipient_id == _ME, ~_row.read).values(read=True)
    if which == "some":
        marked = marked.where(among(_row.seq, "seqs"))
    changed = marked.returning(_row.seq).cte("changed")
    return _less(select(func.count()).select_from(changed).scalar_subquery()).returning(_head.unread)


@statement
def delete_rows(which: Literal["one", "read", "all"]) -> Executable:
    """Delete the row :seq, all read rows, or all; how many, and what is left to read. The inbox must be locked."""
    gone = delete(notifications).where(_row.recipient_id == _ME)
    if which == "one":
        gone = gone.where(_row.seq == bindparam("seq", type_=BigInteger))
    elif which == "read":
        gone = gone.where(_row.read)
    deleted = gone.returning(_row.read).cte("deleted")
    unread = select(func.count()).select_from(deleted).where(~deleted.c.read).scalar_subquery()
    total = select(func.count()).select_from(deleted).scalar_subquery()
    return _less(unread).returning(_head.unread, total.label("deleted"))


def _less(unread: ScalarSelect[int]) -> Update:
    return update(inbox_heads).where(_head.recipient_id == _ME).values(unread=_head.unread - unread)


# -- what time does ---------------------------------------------------------------------------------------------------


@statement
def lock_old(limit: int) -> Executable:
    """Lock some of the inboxes that hold rows from before :before, in the order of their ids like all statements."""
    old = select(_row.recipient_id).where(_row.created_at < _BEFORE).limit(limit)
    return (
        select(_head.recipient_id)
        .where(_head.recipient_id.in_(old))
        .order_by(_head.recipient_id)
        .with_for_update(key_share=True)
    )


@statement
def forget() -> Executable:
    """Drop from the inboxes :recipient_ids, which must be locked, the rows from before :before."""
    gone = (
        delete(notifications)
        .where(
            among(_row.recipient_id, "recipient_ids"),
            _row.created_at < _BEFORE,
        )
        .returning(_row.recipient_id, _row.seq, _row.read)
        .cte("gone")
    )
    sums = (
        select(
            gone.c.recipient_id,
            func.max(gone.c.seq).label("newest"),
            func.count().filter(~gone.c.read).label("unread"),
        )
        .group_by(gone.c.recipient_id)
        .cte("sums")
    )
    return (
        update(inbox_heads)
        .where(_head.recipient_id == sums.c.recipient_id)
        .values(
            forgotten_seq=func.greatest(_head.forgotten_seq, sums.c.newest),
            unread=_head.unread - sums.c.unread,
        )
    )
