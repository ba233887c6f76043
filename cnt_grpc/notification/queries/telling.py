"""The one statement that tells people something: into their inboxes, and what is owed them by push and mail."""

from collections.abc import Mapping

from sqlalchemy import (
    ARRAY,
    CTE,
    BigInteger,
    Boolean,
    Column,
    ColumnElement,
    Executable,
    FromClause,
    Integer,
    Select,
    Text,
    and_,
    bindparam,
    cast,
    column,
    exists,
    func,
    literal,
    literal_column,
    null,
    or_,
    select,
    union_all,
)
from sqlalchemy.dialects.postgresql import JSONB, insert

from cnt_grpc.auth import contacts
from cnt_grpc.kit.db import statement
from cnt_grpc.kit.db.tables import MOMENT
from cnt_grpc.notification.notice import Channel
from cnt_grpc.notification.tables import (
    deliveries,
    device_tokens,
    inbox_heads,
    notification_preferences,
    notifications,
    taken_back,
)

_head = inbox_heads.c
_row = notifications.c
_NOW = bindparam("now", type_=MOMENT)


_NOTICE: Mapping[str, type[Text | Boolean]] = {
    **dict.fromkeys(("type", "title", "message", "data", "about"), Text),
    **dict.fromkeys((*(f"by_{channel}" for channel in Channel), "always_mailed"), Boolean),
}
"""What is said of a notice, and in which type."""


@statement
def tell(*, one: bool) -> Executable:
    """Tell people things: one statement, however many notices and recipients.

    A notice is :type, :title, :message, :data (JSON), :about (empty for none), for each channel :by_… (whether the type
    goes there for someone who has not chosen) and :always_mailed. With `one` there is one, for :recipient_id: so most
    statements are, and Postgres plans them once. Otherwise all of these are arrays, and :notice pairs each recipient
    with a notice by its position, counting from 1. Who is erased is told nothing, and nobody of what is taken back.
    Rows with recipient_id and channel come back: in_app for each inbox reached, push and mail for each person to whom
    that is owed.

    The heads are locked in the order of their ids, in this statement and in every other: two transactions that tell the
    same people in opposite orders wait for each other, and never for ever.
    """
    targets = _targets(one=one).cte("targets")
    owed = (
        select(
            targets,
            func.row_number()
            .over(partition_by=targets.c.recipient_id, order_by=targets.c.number.desc())
            .label("from_last"),
        )
        .where(targets.c.in_app)
        .cte("owed")
    )
    bumped = _bumped(owed)
    numbered = (
        select(owed, (bumped.c.last_seq - owed.c.from_last + 1).label("seq"))
        .select_from(owed.join(bumped, bumped.c.recipient_id == owed.c.recipient_id))
        .cte("numbered")
    )
    words = ("recipient_id", "type", "title", "message", "data", "about")
    told = (
        insert(notifications)
        .from_select([*words, "seq", "created_at"], select(*(numbered.c[name] for name in (*words, "seq")), _NOW))
        .returning(_row.recipient_id)
        .cte("told")
    )
    leaving = targets.outerjoin(
        numbered,
        and_(numbered.c.recipient_id == targets.c.recipient_id, numbered.c.number == targets.c.number),
    )
    sent = (
        insert(deliveries)
        .from_select(
            [*words, "seq", "channel", "device_id", "due_at", "created_at"],
            union_all(
                _leaving(
                    leaving.join(device_tokens, device_tokens.c.user_id == targets.c.recipient_id),
                    targets,
                    numbered,
                    Channel.PUSH,
                    device_tokens.c.id,
                ),
                _leaving(leaving, targets, numbered, Channel.MAIL, cast(null(), BigInteger)),
            ),
        )
        .returning(deliveries.c.recipient_id, deliveries.c.channel)
        .cte("sent")
    )
    return union_all(
        select(told.c.recipient_id, literal(str(Channel.IN_APP)).label("channel")),
        select(sent.c.recipient_id, sent.c.channel).distinct(),
    )


def _targets(*, one: bool) -> Select[tuple[object, ...]]:
    """Each person with each notice for them, in words, and whether it goes to each channel."""
    pairs, notices, joined = _one_notice() if one else _all_notices()
    joined = joined.join(contacts, contacts.c.id == pairs.c.recipient_id)
    wanted = {}
    for channel in Channel:
        chosen = notification_preferences.alias(f"chosen_{channel}")
        joined = joined.outerjoin(
            chosen,
            and_(
                chosen.c.user_id == pairs.c.recipient_id,
                chosen.c.type == notices.c.type,
                chosen.c.channel == str(channel),
            ),
        )
        wanted[channel] = func.coalesce(chosen.c.enabled, notices.c[f"by_{channel}"])
    # An address that nobody has proven may be a stranger's; only what keeps the account safe goes there.
    address = and_(
        contacts.c.email.is_not(None),
        or_(notices.c.always_mailed, and_(contacts.c.is_proven, contacts.c.is_active)),
    )
    # A part is hidden with the whole.
    whole = func.split_part(notices.c.about, "/", 1).op("||")("/")
    is_hidden = exists().where(
        taken_back.c.about.in_([notices.c.about, whole]), taken_back.c.author_id.is_distinct_from(pairs.c.recipient_id)
    )
    return (
        select(
            pairs.c.recipient_id,
            notices.c.number,
            notices.c.type,
            notices.c.title,
            notices.c.message,
            cast(notices.c.data, JSONB).label("data"),
            func.nullif(notices.c.about, "").label("about"),
            wanted[Channel.IN_APP].label("in_app"),
            wanted[Channel.PUSH].label("push"),
            and_(wanted[Channel.MAIL], address).label("mail"),
        )
        .select_from(joined)
        .where(~is_hidden)
    )


def _one_notice() -> tuple[FromClause, FromClause, FromClause]:
    """One notice for one person."""
    said = (bindparam(name, type_=of()).label(name) for name, of in _NOTICE.items())
    recipient = bindparam("recipient_id", type_=BigInteger).label("recipient_id")
    notice = select(literal_column("1").label("number"), recipient, *said).subquery("notice")
    return notice, notice, notice


def _all_notices() -> tuple[FromClause, FromClause, FromClause]:
    """People, notices, and both where they belong together."""
    notices = (
        func.unnest(*(bindparam(name, type_=ARRAY(of)) for name, of in _NOTICE.items()))
        .table_valued(*(column(name, of) for name, of in _NOTICE.items()), with_ordinality="number")
        .render_derived("notices")
    )
    pairs = (
        func.unnest(bindparam("recipient_id", type_=ARRAY(BigInteger)), bindparam("notice", type_=ARRAY(Integer)))
        .table_valued(column("recipient_id", BigInteger), column("notice", Integer))
        .render_derived("pairs")
    )
    return pairs, notices, pairs.join(notices, notices.c.number == pairs.c.notice)


def _bumped(owed: CTE) -> CTE:
    """The heads of all inboxes that get something, with their new numbers."""
    count = func.count()
    add = insert(inbox_heads).from_select(
        ["recipient_id", "last_seq", "unread"],
        select(owed.c.recipient_id, count, count).group_by(owed.c.recipient_id).order_by(owed.c.recipient_id),
    )
    return (
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


def _leaving(
    source: FromClause, targets: CTE, numbered: CTE, channel: Channel, device_id: ColumnElement[int] | Column[int]
) -> Select[tuple[object, ...]]:
    """What leaves by a channel, as rows of `deliveries`."""
    words = (targets.c[name] for name in ("recipient_id", "type", "title", "message", "data", "about"))
    return (
        select(*words, numbered.c.seq, literal(str(channel)), device_id, _NOW.label("due_at"), _NOW.label("created_at"))
        .select_from(source)
        .where(targets.c[str(channel)])
    )
