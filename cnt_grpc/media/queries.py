"""Every SQL statement of the media room."""

from sqlalchemy import Executable, bindparam, delete, exists, func, insert, select, union_all, update
from sqlalchemy.dialects.postgresql import insert as upsert

from cnt_grpc.kit.db import statement
from cnt_grpc.media.tables import media_objects, media_usage, media_uses, media_variants, upload_sessions

_IN_USE = exists().where(media_uses.c.media_id == media_objects.c.id)


# -- what a person stores ---------------------------------------------------------------------------------------------


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


# -- uploads under way ------------------------------------------------------------------------------------------------


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
        select(upload_sessions.c.id, upload_sessions.c.key)
        .where(upload_sessions.c.touched_at < bindparam("before"))
        .order_by(upload_sessions.c.touched_at)
        .limit(limit)
    )


# -- stored files -----------------------------------------------------------------------------------------------------


@statement
def add_object() -> Executable:
    """A file whose bytes are in the store, and which is to be examined."""
    return (
        insert(media_objects)
        .values(
            owner_id=bindparam("owner"),
            kind=bindparam("kind"),
            key=bindparam("key"),
            source_key=bindparam("source_key"),
            filename=bindparam("filename"),
            content_type=bindparam("content_type"),
            size=bindparam("size"),
            charged=bindparam("size"),
            sha256=bindparam("sha256"),
            created_at=bindparam("now"),
            unused_since=bindparam("now"),
        )
        .returning(media_objects)
    )


@statement
def object_by_id() -> Executable:
    """For the worker, which asks for nobody."""
    return select(media_objects).where(media_objects.c.id == bindparam("media"))


@statement
def own_object() -> Executable:
    """The access door: a file of the caller's own."""
    return select(media_objects).where(
        media_objects.c.id == bindparam("media"),
        media_objects.c.owner_id == bindparam("owner"),
        media_objects.c.state != "leaving",
    )


@statement
def own_object_locked(*, by_key: bool) -> Executable:
    """The same, by id or by key, kept from being removed until the transaction ends."""
    found = media_objects.c.key == bindparam("key") if by_key else media_objects.c.id == bindparam("media")
    return (
        select(media_objects)
        .where(found, media_objects.c.owner_id == bindparam("owner"), media_objects.c.state != "leaving")
        .with_for_update(key_share=True)
    )


@statement
def set_ready() -> Executable:
    """What the examination found out; nothing when someone else was there first."""
    return (
        update(media_objects)
        .where(media_objects.c.id == bindparam("media"), media_objects.c.state == "probing")
        .values(
            state="ready",
            source_key=None,
            thumbnail_key=bindparam("thumbnail_key"),
            size=bindparam("size"),
            sha256=bindparam("sha256"),
            duration_ms=bindparam("duration_ms"),
            width=bindparam("width"),
            height=bindparam("height"),
            codecs=bindparam("codecs"),
        )
        .returning(media_objects.c.id)
    )


@statement
def set_failed() -> Executable:
    """The file is none that we can use; what must now be removed and given back."""
    before = select(media_objects.c.id, media_objects.c.charged).where(
        media_objects.c.id == bindparam("media"), media_objects.c.state == "probing"
    )
    old = before.with_for_update().cte("old")
    return (
        update(media_objects)
        .where(media_objects.c.id == old.c.id)
        .values(state="failed", failure=bindparam("failure"), charged=0)
        .returning(
            media_objects.c.owner_id, media_objects.c.key, media_objects.c.source_key, old.c.charged.label("refund")
        )
    )


@statement
def add_variant() -> Executable:
    """A picture that was made of a file."""
    return insert(media_variants).values(
        media_id=bindparam("media"),
        name=bindparam("name"),
        key=bindparam("key"),
        content_type=bindparam("content_type"),
        size=bindparam("size"),
        sha256=bindparam("sha256"),
        width=bindparam("width"),
        height=bindparam("height"),
    )


@statement
def servable() -> Executable:
    """What the plain-HTTP side must know of a key: only of what was examined, pictures made of it included."""
    original = select(media_objects.c.content_type, media_objects.c.visibility).where(
        media_objects.c.key == bindparam("key"), media_objects.c.state == "ready"
    )
    variant = (
        select(media_variants.c.content_type, media_objects.c.visibility)
        .join(media_objects, media_objects.c.id == media_variants.c.media_id)
        .where(media_variants.c.key == bindparam("key"), media_objects.c.state == "ready")
    )
    return union_all(original, variant)


# -- uses -------------------------------------------------------------------------------------------------------------


@statement
def set_visibility() -> Executable:
    """Show a file to everyone, or to nobody but those who get a signed address."""
    return (
        update(media_objects)
        .where(media_objects.c.id == bindparam("media"), media_objects.c.state == "ready")
        .values(visibility=bindparam("visibility"))
    )


@statement
def mark_used() -> Executable:
    """Keep a file from the sweeper; no row when it is not there or not ready."""
    return (
        update(media_objects)
        .where(media_objects.c.id == bindparam("media"), media_objects.c.state == "ready")
        .values(unused_since=None)
        .returning(media_objects.c.id)
    )


@statement
def add_use() -> Executable:
    """Note who uses a file; twice is once."""
    return (
        upsert(media_uses)
        .values(media_id=bindparam("media"), room=bindparam("room"), ref=bindparam("ref"), created_at=bindparam("now"))
        .on_conflict_do_nothing()
    )


@statement
def remove_uses(*, of_one: bool) -> Executable:
    """Forget that something uses a file, or all files that it uses; which these were."""
    gone = delete(media_uses).where(media_uses.c.room == bindparam("room"), media_uses.c.ref == bindparam("ref"))
    if of_one:
        gone = gone.where(media_uses.c.media_id == bindparam("media"))
    return gone.returning(media_uses.c.media_id)


@statement
def mark_unused() -> Executable:
    """Hand a file to the sweeper if nothing uses it; its id if so."""
    return (
        update(media_objects)
        .where(media_objects.c.id == bindparam("media"), ~_IN_USE)
        .values(unused_since=bindparam("now"))
        .returning(media_objects.c.id)
    )


# -- removal ----------------------------------------------------------------------------------------------------------


@statement
def lock_object() -> Executable:
    """Wait for those who are about to use the file: the next statement sees what they did."""
    return select(media_objects.c.id).where(media_objects.c.id == bindparam("media")).with_for_update()


@statement
def mark_leaving() -> Executable:
    """From now on nobody finds the file; its keys, or no row when something uses it."""
    variants = select(func.array_agg(media_variants.c.key)).where(media_variants.c.media_id == media_objects.c.id)
    return (
        update(media_objects)
        .where(media_objects.c.id == bindparam("media"), media_objects.c.state != "probing", ~_IN_USE)
        .values(state="leaving")
        .returning(media_objects.c.key, media_objects.c.source_key, variants.scalar_subquery().label("variant_keys"))
    )


@statement
def keep() -> Executable:
    """Take a file that is in use off the sweeper's list."""
    return update(media_objects).where(media_objects.c.id == bindparam("media"), _IN_USE).values(unused_since=None)


@statement
def remove_object() -> Executable:
    """Forget a file whose bytes are gone; what to give back to whom."""
    return (
        delete(media_objects)
        .where(media_objects.c.id == bindparam("media"), media_objects.c.state == "leaving")
        .returning(media_objects.c.owner_id, media_objects.c.charged)
    )


@statement
def left_behind(limit: int) -> Executable:
    """Files that failed or began to leave before `before`, and those that nothing has used since then."""
    unfinished = select(media_objects.c.id).where(
        media_objects.c.state.in_(["failed", "leaving"]), media_objects.c.created_at < bindparam("before")
    )
    unused = select(media_objects.c.id).where(
        media_objects.c.state == "ready", media_objects.c.unused_since < bindparam("before")
    )
    return union_all(unfinished, unused).limit(limit)


@statement
def still_probing(limit: int) -> Executable:
    """Files that should have been examined by now."""
    return (
        select(media_objects.c.id, media_objects.c.created_at)
        .where(media_objects.c.state == "probing", media_objects.c.created_at < bindparam("before"))
        .order_by(media_objects.c.created_at)
        .limit(limit)
    )
