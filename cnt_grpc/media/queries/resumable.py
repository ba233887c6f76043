"""Statements on uploads in several goes."""

from sqlalchemy import Executable, bindparam, func, insert, or_, select, update

from cnt_grpc.kit.db import statement
from cnt_grpc.media.tables import upload_sessions as sessions


@statement
def begin() -> Executable:
    """Note the upload before the store hears of it."""
    given = ("purpose", "key", "media_key", "size", "sha256", "content_type", "filename", "thumbnail")
    fixed: dict[str, object] = {
        "id": bindparam("id"),
        "owner_id": bindparam("owner"),
        "reserved": bindparam("size"),
        "created_at": bindparam("now"),
        "touched_at": bindparam("now"),
    }
    return (
        insert(sessions)
        .values({name: bindparam(name, type_=sessions.c[name].type) for name in given} | fixed)
        .returning(sessions)
    )


@statement
def set_ticket() -> Executable:
    """What the store calls it."""
    return update(sessions).where(sessions.c.id == bindparam("session")).values(ticket=bindparam("ticket"))


@statement
def own_session() -> Executable:
    """The access door: an upload in several goes of the caller's own."""
    return select(sessions).where(
        sessions.c.id == bindparam("session"), sessions.c.owner_id == bindparam("owner"), sessions.c.size.is_not(None)
    )


@statement
def touch() -> Executable:
    """More has come."""
    return update(sessions).where(sessions.c.id == bindparam("session")).values(touched_at=bindparam("now"))


@statement
def note_seen() -> Executable:
    """Note how much has come as the owner was told, if that is more than before: parts put directly pass us by."""
    return (
        update(sessions)
        .where(
            sessions.c.id == bindparam("session"),
            sessions.c.media_id.is_(None),
            func.coalesce(sessions.c.seen, 0) < bindparam("received"),
        )
        .values(seen=bindparam("received"), touched_at=bindparam("now"))
        .returning(sessions)
    )


@statement
def tickets() -> Executable:
    """What the store calls the uploads that may still be gone on with."""
    return select(sessions.c.ticket).where(sessions.c.ticket.is_not(None), sessions.c.media_id.is_(None))


@statement
def set_tail() -> Executable:
    """More has come, and this is where it ends."""
    return (
        update(sessions)
        .where(sessions.c.id == bindparam("session"))
        .values(tail_at=bindparam("tail_at"), tail_size=bindparam("tail_size"), touched_at=bindparam("now"))
    )


@statement
def claim() -> Executable:
    """Begin to finish it, unless someone else does or has; no row then. `stale` is before any that still runs."""
    return (
        update(sessions)
        .where(
            sessions.c.id == bindparam("session"),
            sessions.c.media_id.is_(None),
            or_(sessions.c.finishing_at.is_(None), sessions.c.finishing_at < bindparam("stale")),
        )
        .values(finishing_at=bindparam("now"), touched_at=bindparam("now"))
        .returning(sessions.c.id)
    )


@statement
def number_open() -> Executable:
    """How many uploads in several goes of a person are under way."""
    return select(func.count()).where(
        sessions.c.owner_id == bindparam("owner"), sessions.c.size.is_not(None), sessions.c.media_id.is_(None)
    )


@statement
def unclaim() -> Executable:
    """It could not be finished; another call may try."""
    return (
        update(sessions)
        .where(sessions.c.id == bindparam("session"), sessions.c.media_id.is_(None))
        .values(finishing_at=None)
    )


@statement
def set_media() -> Executable:
    """It has become a file, whose bytes count from now on in its place. No row when it was given up meanwhile."""
    return (
        update(sessions)
        .where(sessions.c.id == bindparam("session"), sessions.c.media_id.is_(None))
        .values(media_id=bindparam("media"), reserved=0, finishing_at=None, touched_at=bindparam("now"))
        .returning(sessions.c.id)
    )
