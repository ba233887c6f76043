"""Statements that move streams and meetings on air and off it, and that bring them together with LiveKit's rooms."""

from sqlalchemy import BigInteger, Executable, bindparam, exists, func, or_, select, update

from cnt_grpc import auth
from cnt_grpc.kit.db import among, statement
from cnt_grpc.live.standing import Kind, Status
from cnt_grpc.live.tables import live_streams

_stream = live_streams.c
_ID = bindparam("stream_id", type_=BigInteger)


@statement
def begin() -> Executable:
    """Put a stream on air unless it is, or is over. Parameters: stream_id, now."""
    now = bindparam("now", type_=_stream.started_at.type)
    started = func.coalesce(_stream.started_at, now)
    return (
        update(live_streams)
        .where(_stream.id == _ID, _stream.status == Status.SCHEDULED.value)
        .values(status=Status.LIVE.value, started_at=started, listed_at=started, interrupted_at=None, updated_at=now)
        .returning(_stream.kind, _stream.host_id, _stream.told_at)
    )


@statement
def interrupt() -> Executable:
    """Take a stream off the air for now. Parameters: stream_id, now."""
    now = bindparam("now", type_=_stream.started_at.type)
    return (
        update(live_streams)
        .where(_stream.id == _ID, _stream.status == Status.LIVE.value)
        .values(status=Status.SCHEDULED.value, interrupted_at=now, viewers=0, updated_at=now)
        .returning(_stream.id)
    )


@statement
def stay_interrupted() -> Executable:
    """Nobody could come back until now: a stream's interruption begins anew. Parameters: stream_id, now."""
    return (
        update(live_streams)
        .where(_stream.id == _ID, _stream.interrupted_at.is_not(None))
        .values(interrupted_at=bindparam("now", type_=_stream.interrupted_at.type))
    )


@statement
def end() -> Executable:
    """End a stream for good. Parameters: stream_id, now."""
    now = bindparam("now", type_=_stream.started_at.type)
    return (
        update(live_streams)
        .where(_stream.id == _ID, _stream.status != Status.ENDED.value)
        .values(status=Status.ENDED.value, ended_at=now, interrupted_at=None, viewers=0, updated_at=now)
        .returning(_stream.id, _stream.kind)
    )


@statement
def count_viewers() -> Executable:
    """Set how many watch. Parameters: stream_id, viewers. No row when nothing changes."""
    viewers = bindparam("viewers", type_=_stream.viewers.type)
    return (
        update(live_streams)
        .where(_stream.id == _ID, _stream.viewers != viewers)
        .values(viewers=viewers, peak_viewers=func.greatest(_stream.peak_viewers, viewers))
        .returning(_stream.id)
    )


@statement
def set_recording() -> Executable:
    """Note the recording that runs, if the one before is `was`. Parameters: stream_id, was, egress_id; a row if so."""
    return (
        update(live_streams)
        .where(
            _stream.id == _ID, _stream.egress_id.is_not_distinct_from(bindparam("was", type_=_stream.egress_id.type))
        )
        .values(egress_id=bindparam("egress_id", type_=_stream.egress_id.type))
        .returning(_stream.id)
    )


@statement
def want_recording() -> Executable:
    """Note that LiveKit is about to be asked for a recording. Parameters: stream_id, egress_key, now."""
    return (
        update(live_streams)
        .where(_stream.id == _ID)
        .values(
            egress_id="",
            egress_key=bindparam("egress_key", type_=_stream.egress_key.type),
            egress_asked_at=bindparam("now", type_=_stream.egress_asked_at.type),
        )
    )


@statement
def mark_told() -> Executable:
    """Followers are told now, unless they were. Parameters: stream_id, now."""
    return (
        update(live_streams)
        .where(_stream.id == _ID, _stream.told_at.is_(None))
        .values(told_at=bindparam("now"))
        .returning(_stream.id)
    )


@statement
def running() -> Executable:
    """The ids of what ought to have a room, has just lost it, or has a recording that is not settled."""
    unsettled = _stream.egress_id.is_not(None)
    return (
        select(_stream.id)
        .where(or_(_stream.status == Status.LIVE.value, _stream.interrupted_at.is_not(None), unsettled))
        .order_by(_stream.id)
    )


@statement
def of_rooms() -> Executable:
    """Streams and meetings of rooms by these names (parameter: names): id, room_name, status."""
    return select(_stream.id, _stream.room_name, _stream.status).where(among(_stream.room_name, "names"))


@statement
def to_sync() -> Executable:
    """A stream or meeting as the sync needs it. Parameter: stream_id."""
    names = (
        "id", "kind", "title", "room_name", "status", "host_id", "interrupted_at", "viewers", "shared_screens",
        "egress_id", "egress_key", "egress_asked_at",
    )  # fmt: skip
    host_is_there = exists().where(auth.public_people.c.id == _stream.host_id).label("host_is_there")
    return select(*(_stream[name] for name in names), host_is_there).where(_stream.id == _ID)


@statement
def overdue(limit: int) -> Executable:
    """The ids of streams that never began and were to begin before a moment (parameter: before)."""
    before = bindparam("before", type_=_stream.scheduled_start.type)
    return (
        select(_stream.id)
        .where(
            _stream.kind == Kind.STREAM.value,
            _stream.status == Status.SCHEDULED.value,
            _stream.started_at.is_(None),
            _stream.scheduled_start < before,
            # What it is as long as it never began; there is an index of it.
            _stream.listed_at < before,
        )
        .order_by(_stream.listed_at, _stream.id)
        .limit(limit)
    )
