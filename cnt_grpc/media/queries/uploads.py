"""Statements on uploads under way, and on what each person stores."""

from sqlalchemy import Executable, bindparam, delete, insert, or_, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from cnt_grpc.kit.db import statement
from cnt_grpc.media.tables import media_usage, upload_sessions


@statement
def charge() -> Executable:
    """Count bytes against a person's quota, unless they would exceed it: then there is no row."""
    new = upsert(media_usage).values(owner_id=bindparam("owner"), bytes=bindparam("amount"))
    total = media_usage.c.bytes + new.excluded.bytes
    return new.on_conflict_do_update(
        index_elements=["owner_id"], set_={"bytes": total}, where=total <= bindparam("quota")
    ).returning(media_usage.c.bytes)


@statement
def refund() -> Executable:
    """Give bytes back."""
    return (
        update(media_usage)
        .where(media_usage.c.owner_id == bindparam("owner"))
        .values(bytes=media_usage.c.bytes - bindparam("amount"))
    )


@statement
def add_session() -> Executable:
    """Note an upload before its first byte is stored."""
    return insert(upload_sessions).values(
        id=bindparam("id"),
        owner_id=bindparam("owner"),
        purpose=bindparam("purpose"),
        key=bindparam("key"),
        reserved=bindparam("reserved"),
        created_at=bindparam("now"),
        touched_at=bindparam("now"),
    )


@statement
def grow_session() -> Executable:
    """Note that more bytes are reserved for an upload."""
    return (
        update(upload_sessions)
        .where(upload_sessions.c.id == bindparam("session"))
        .values(reserved=upload_sessions.c.reserved + bindparam("amount"), touched_at=bindparam("now"))
    )


@statement
def end_session() -> Executable:
    """The upload is over; what was reserved for it, and for whom."""
    return (
        delete(upload_sessions)
        .where(upload_sessions.c.id == bindparam("session"))
        .returning(upload_sessions.c.owner_id, upload_sessions.c.reserved)
    )


@statement
def abandoned_sessions(limit: int) -> Executable:
    """Uploads that nobody has gone on with since `before`."""
    return (
        select(upload_sessions)
        .where(upload_sessions.c.touched_at < bindparam("before"))
        .order_by(upload_sessions.c.touched_at)
        .limit(limit)
    )


@statement
def claim_abandoned() -> Executable:
    """Begin to sweep an upload, unless it is gone on with or being finished after all: then there is no row."""
    return (
        update(upload_sessions)
        .where(
            upload_sessions.c.id == bindparam("session"),
            upload_sessions.c.touched_at < bindparam("before"),
            or_(
                upload_sessions.c.media_id.is_not(None),
                upload_sessions.c.finishing_at.is_(None),
                upload_sessions.c.finishing_at < bindparam("stale"),
            ),
        )
        .values(finishing_at=bindparam("now"))
        .returning(upload_sessions)
    )
