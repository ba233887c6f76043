"""The one statement that writes into inboxes."""

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    ColumnElement,
    Executable,
    Integer,
    Text,
    and_,
    bindparam,
    cast,
    column,
    func,
    select,
)
from sqlalchemy.dialects.postgresql import JSONB, insert

from cnt_grpc.kit.db import statement
from cnt_grpc.kit.tables import MOMENT
from cnt_grpc.notification.tables import inbox_heads, notification_preferences, notifications

_head = inbox_heads.c
_row = notifications.c


def _array(name: str, of: BigInteger | Integer | Text | Boolean) -> ColumnElement[object]:
    return bindparam(name, type_=ARRAY(of))


@statement
def tell() -> Executable:
    """Write notices into inboxes: one statement, however many notices and recipients; the recipients reached come back.

    The notices are :types, :titles, :messages, :datas (JSON) and :defaults (whether the type enters the inbox of
    someone who has not chosen); :recipient_ids and :notices pair people with notices by position, counting from 1.

    The heads are locked in the order of their ids, in this statement and in every other: two transactions that tell the
    same people in opposite orders wait for each other, and never for ever.
    """
    notices = (
        func.unnest(
            _array("types", Text()),
            _array("titles", Text()),
            _array("messages", Text()),
            _array("datas", Text()),
            _array("defaults", Boolean()),
        )
        .table_valued(
            column("type", Text),
            column("title", Text),
            column("message", Text),
            column("data", Text),
            column("default_on", Boolean),
            with_ordinality="number",
        )
        .render_derived("notices")
    )
    targets = (
        func.unnest(_array("recipient_ids", BigInteger()), _array("notices", Integer()))
        .table_valued(column("recipient_id", BigInteger), column("notice", Integer))
        .render_derived("targets")
    )
    chosen = notification_preferences.c
    owed = (
        select(
            targets.c.recipient_id,
            notices.c.type,
            notices.c.title,
            notices.c.message,
            cast(notices.c.data, JSONB).label("data"),
            func.row_number()
            .over(partition_by=targets.c.recipient_id, order_by=notices.c.number.desc())
            .label("from_last"),
        )
        .select_from(
            targets.join(notices, notices.c.number == targets.c.notice).outerjoin(
                notification_preferences,
                and_(
                    chosen.user_id == targets.c.recipient_id,
                    chosen.type == notices.c.type,
                    chosen.channel == "in_app",
                ),
            )
        )
        .where(func.coalesce(chosen.enabled, notices.c.default_on))
        .cte("owed")
    )
    count = func.count()
    add = insert(inbox_heads).from_select(
        ["recipient_id", "last_seq", "unread"],
        select(owed.c.recipient_id, count, count).group_by(owed.c.recipient_id).order_by(owed.c.recipient_id),
    )
    bumped = (
        add.on_conflict_do_update(
            index_elements=[_head.recipient_id],
            set_={
                "last_seq": _head.last_seq + add.excluded.last_seq,
                "unread": _head.unread + add.excluded.unread,
            },
        )
        .returning(_head.recipient_id, _head.last_seq)
        .cte("bumped")
    )
    return (
        insert(notifications)
        .from_select(
            ["recipient_id", "seq", "type", "title", "message", "data", "created_at"],
            select(
                owed.c.recipient_id,
                bumped.c.last_seq - owed.c.from_last + 1,
                owed.c.type,
                owed.c.title,
                owed.c.message,
                owed.c.data,
                bindparam("now", type_=MOMENT),
            ).select_from(owed.join(bumped, bumped.c.recipient_id == owed.c.recipient_id)),
        )
        .returning(_row.recipient_id)
    )
