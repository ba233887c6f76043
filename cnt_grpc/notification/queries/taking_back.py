"""Notices of things that are hidden: which things these are, and what was told of them."""

from sqlalchemy import BigInteger, ColumnElement, Executable, Text, and_, bindparam, delete, func, select, update
from sqlalchemy.dialects.postgresql import insert

from cnt_grpc.kit.db import among, statement
from cnt_grpc.kit.db.tables import MOMENT
from cnt_grpc.notification.tables import deliveries, inbox_heads, notifications, taken_back

_head = inbox_heads.c
_row = notifications.c
_delivery = deliveries.c
_ABOUT = bindparam("about", type_=Text)
_AUTHOR = bindparam("author_id", type_=BigInteger)
_NOW = bindparam("now", type_=MOMENT)


@statement
def note() -> Executable:
    """From now on nobody but :author_id (null: nobody) is told of :about."""
    taken = insert(taken_back).values(about=_ABOUT, author_id=_AUTHOR, taken_at=_NOW)
    return taken.on_conflict_do_update(
        constraint="pk_taken_back",
        set_={"author_id": taken.excluded.author_id, "taken_at": taken.excluded.taken_at},
    )


@statement
def release() -> Executable:
    """People are told of :about again."""
    return delete(taken_back).where(taken_back.c.about == _ABOUT)


@statement
def noted() -> Executable:
    """Whether nobody is told of :about, which stays so until the transaction ends, and but whom."""
    return select(taken_back.c.author_id).where(taken_back.c.about == _ABOUT).with_for_update(read=True)


@statement
def lock_holders(limit: int) -> Executable:
    """Lock some of the inboxes, but :author_id's, that hold notices of what lies from :about to :end."""
    holders = select(_row.recipient_id).where(_range(_row.about), _row.recipient_id.is_distinct_from(_AUTHOR))
    return (
        select(_head.recipient_id)
        .where(_head.recipient_id.in_(holders.distinct().limit(limit)))
        .order_by(_head.recipient_id)
        .with_for_update(key_share=True)
    )


@statement
def take() -> Executable:
    """Delete these notices from the inboxes :recipient_ids, which must be locked; whose they were."""
    gone = (
        delete(notifications)
        .where(_range(_row.about), among(_row.recipient_id, "recipient_ids"))
        .returning(_row.recipient_id, _row.read)
        .cte("gone")
    )
    unread = func.count().filter(~gone.c.read).label("unread")
    sums = select(gone.c.recipient_id, unread).group_by(gone.c.recipient_id).cte("sums")
    return (
        update(inbox_heads)
        .where(_head.recipient_id == sums.c.recipient_id)
        .values(unread=_head.unread - sums.c.unread)
        .returning(_head.recipient_id)
    )


@statement
def drop_unsent(limit: int) -> Executable:
    """Drop some of the push messages and mails that wait and tell of it, but :author_id's."""
    found = select(_delivery.id).where(
        _range(_delivery.about), _delivery.state == "waiting", _delivery.recipient_id.is_distinct_from(_AUTHOR)
    )
    some = found.order_by(_delivery.id).limit(limit).with_for_update()
    return (
        update(deliveries)
        .where(_delivery.id.in_(some))
        .values(state="dropped", error="it is hidden", ended_at=_NOW, title="", message="", data={})
    )


@statement
def forget_deleted(limit: int) -> Executable:
    """Forget some of the things that were deleted before :before: what was owed of them is long told, or failed."""
    old = taken_back.c.author_id.is_(None) & (taken_back.c.taken_at < bindparam("before", type_=MOMENT))
    return delete(taken_back).where(taken_back.c.about.in_(select(taken_back.c.about).where(old).limit(limit)))


def _range(about: ColumnElement[str]) -> ColumnElement[bool]:
    return and_(about >= _ABOUT, about < bindparam("end", type_=Text))
