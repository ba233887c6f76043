"""Statements of a stream's log: what is said there, and what happens."""

from sqlalchemy import (
    ARRAY,
    BigInteger,
    ColumnElement,
    Executable,
    Select,
    Text,
    bindparam,
    column,
    exists,
    func,
    insert,
    lateral,
    select,
    true,
    update,
)

from cnt_grpc import auth
from cnt_grpc.kit.db import among, statement
from cnt_grpc.live.queries.streams import CALLER_ID, meets_host
from cnt_grpc.live.standing import Entry, Kind
from cnt_grpc.live.tables import live_streams, stream_messages

_entry = stream_messages.c
_stream = live_streams.c
_people = auth.people
_STREAM = bindparam("stream_id", type_=BigInteger)
_SEQ = bindparam("seq", type_=BigInteger)


def _numbers(name: str) -> ColumnElement[object]:
    return bindparam(name, type_=ARRAY(BigInteger))


def _shown() -> Select[*tuple[object, ...]]:
    names = ("id", "seq", "kind", "user_id", "text", "removed", "data", "created_at")
    return select(
        *(_entry[name] for name in names),
        _people.c.name.label("user_name"),
        _people.c.username.label("user_username"),
        _people.c.avatar_key.label("user_avatar_key"),
    ).select_from(stream_messages.outerjoin(_people, _people.c.id == _entry.user_id))


@statement
def add() -> Executable:
    """Write an entry under the log's next number; it locks the stream's row, so that commits follow the numbers.

    Parameters: stream_id, kind, user_id, text, data, now. Returns the number.
    """
    head = (
        update(live_streams)
        .where(_stream.id == _STREAM)
        .values(last_seq=_stream.last_seq + 1)
        .returning(_stream.id, _stream.last_seq)
        .cte("head")
    )
    row = select(
        head.c.id,
        head.c.last_seq,
        bindparam("kind", type_=Text),
        bindparam("user_id", type_=BigInteger),
        bindparam("text", type_=Text),
        bindparam("data", type_=_entry.data.type),
        bindparam("now", type_=_entry.created_at.type),
    )
    names = ["stream_id", "seq", "kind", "user_id", "text", "data", "created_at"]
    return insert(stream_messages).from_select(names, row).returning(_entry.seq)


@statement
def one() -> Executable:
    """An entry as it is shown. Parameters: stream_id, seq."""
    return _shown().where(_entry.stream_id == _STREAM, _entry.seq == _SEQ)


@statement
def chat_page(limit: int, *, after: bool) -> Executable:
    """A page of chat, newest first; without what people wrote who are in a block with the caller.

    Parameters: stream_id, caller_id, and the page's own.
    """
    found = _shown().where(
        _entry.stream_id == _STREAM, _entry.kind == Entry.CHAT.value, auth.not_blocked(CALLER_ID, _entry.user_id)
    )
    if after:
        found = found.where(_entry.seq < bindparam("after_0", type_=BigInteger))
    return found.order_by(_entry.seq.desc()).limit(limit)


@statement
def visible_writer() -> Executable:
    """Who wrote a message, if the caller sees it in its stream's chat. Parameters: message_id, caller_id."""
    return (
        select(_entry.user_id)
        .select_from(stream_messages.join(live_streams, _stream.id == _entry.stream_id))
        .where(
            _entry.id == bindparam("message_id", type_=BigInteger),
            _entry.kind == Entry.CHAT.value,
            _entry.removed.is_(False),
            _stream.kind == Kind.STREAM.value,
            meets_host(),
            auth.not_blocked(CALLER_ID, _entry.user_id),
        )
    )


@statement
def messages_to_show() -> Executable:
    """Messages of chats by their ids (parameter: ids), but for those that were taken out, and their writers' names."""
    return (
        select(_entry.id, _entry.user_id, _entry.text, _people.c.name, _people.c.username)
        .select_from(stream_messages.join(_people, _people.c.id == _entry.user_id))
        .where(among(_entry.id, "ids"), _entry.kind == Entry.CHAT.value, _entry.removed.is_(False))
    )


@statement
def remove(*, anyones: bool) -> Executable:
    """Take a message out. Parameters: stream_id, seq, and caller_id unless anyone's may be. Returns id and user_id."""
    removing = update(stream_messages).where(
        _entry.stream_id == _STREAM, _entry.seq == _SEQ, _entry.kind == Entry.CHAT.value, _entry.removed.is_(False)
    )
    if not anyones:
        removing = removing.where(_entry.user_id == CALLER_ID)
    return removing.values(removed=True, text="").returning(_entry.id, _entry.user_id)


@statement
def last_said() -> Executable:
    """When somebody last wrote in a chat. Parameters: stream_id, user_id."""
    return (
        select(_entry.created_at)
        .where(
            _entry.user_id == bindparam("user_id", type_=BigInteger),
            _entry.stream_id == _STREAM,
            _entry.kind == Entry.CHAT.value,
        )
        .order_by(_entry.seq.desc())
        .limit(1)
    )


@statement
def last_seq() -> Executable:
    """The newest number of a log. Parameter: stream_id."""
    return select(_stream.last_seq).where(_stream.id == _STREAM)


@statement
def after(limit: int) -> Executable:
    """For each pair of :stream_ids and :after_seqs the stream's head and the first entries of its log after the number.

    One row at least for each pair, ordered by `pair`, which counts from 1, and by number; all as of one moment.
    """
    watched = (
        func.unnest(_numbers("stream_ids"), _numbers("after_seqs"))
        .table_valued(column("stream_id", BigInteger), column("after_seq", BigInteger), with_ordinality="pair")
        .render_derived("watched")
    )
    host_is_there = exists().where(auth.public_people.c.id == _stream.host_id).correlate(live_streams)
    new = lateral(
        _shown()
        .where(
            _entry.stream_id == watched.c.stream_id,
            _entry.seq > watched.c.after_seq,
            # False for most of a sweep, and then the entries are not even looked for.
            _stream.last_seq > watched.c.after_seq,
        )
        .correlate(watched, live_streams)
        .order_by(_entry.seq)
        .limit(limit)
    )
    return (
        select(
            watched.c.pair,
            _stream.status,
            _stream.viewers,
            _stream.peak_viewers,
            _stream.last_seq,
            host_is_there.label("host_is_there"),
            *new.c,
        )
        .select_from(watched.outerjoin(live_streams, _stream.id == watched.c.stream_id).outerjoin(new, true()))
        .order_by(watched.c.pair, new.c.seq)
    )
