"""Statements on who uses a file, and on removing what nobody uses."""

from sqlalchemy import Executable, bindparam, delete, exists, func, select, union_all, update
from sqlalchemy.dialects.postgresql import insert as upsert

from cnt_grpc.kit.db import statement
from cnt_grpc.media.tables import media_objects, media_uses, media_variants

_IN_USE = exists().where(media_uses.c.media_id == media_objects.c.id)


@statement
def show() -> Executable:
    """Show a file to everyone, and keep others from hiding it before the transaction ends; its key."""
    return (
        update(media_objects)
        .where(media_objects.c.id == bindparam("media"), media_objects.c.state == "ready")
        .values(visibility="public")
        .returning(media_objects.c.key)
    )


@statement
def set_public() -> Executable:
    """Note whether everyone sees what uses a file; no row when it does not. Parameters: media, room, ref, public."""
    return (
        update(media_uses)
        .where(
            media_uses.c.media_id == bindparam("media"),
            media_uses.c.room == bindparam("room"),
            media_uses.c.ref == bindparam("ref"),
        )
        .values(public=bindparam("public", type_=media_uses.c.public.type))
        .returning(media_uses.c.media_id)
    )


@statement
def hide() -> Executable:
    """Show a file to nobody but those who get a signed address, unless something public uses it; after lock_object."""
    shown = exists().where(media_uses.c.media_id == media_objects.c.id, media_uses.c.public)
    return (
        update(media_objects)
        .where(media_objects.c.id == bindparam("media"), media_objects.c.visibility == "public", ~shown)
        .values(visibility="private")
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


@statement
def lock_object() -> Executable:
    """Wait for those who are about to use or show the file: the next statement sees what they did."""
    return select(media_objects.c.id).where(media_objects.c.id == bindparam("media")).with_for_update()


@statement
def remove_object() -> Executable:
    """Forget a file: what it takes up, and what to give back to whom; no row when something uses it."""
    pictures = select(func.array_agg(media_variants.c.key)).where(media_variants.c.media_id == media_objects.c.id)
    return (
        delete(media_objects)
        .where(media_objects.c.id == bindparam("media"), media_objects.c.state != "probing", ~_IN_USE)
        .returning(
            media_objects.c.owner_id,
            media_objects.c.charged,
            media_objects.c.key,
            media_objects.c.source_key,
            pictures.scalar_subquery().label("picture_keys"),
        )
    )


@statement
def keep() -> Executable:
    """Take a file that is in use off the sweeper's list."""
    return update(media_objects).where(media_objects.c.id == bindparam("media"), _IN_USE).values(unused_since=None)


@statement
def left_behind(limit: int) -> Executable:
    """Files behind the id `after` that failed before `before`, and those that nothing has used since then."""
    failed = (media_objects.c.state == "failed") & (media_objects.c.created_at < bindparam("before"))
    unused = (media_objects.c.state == "ready") & (media_objects.c.unused_since < bindparam("before"))
    behind = media_objects.c.id > bindparam("after")
    found = union_all(*(select(media_objects.c.id).where(each, behind) for each in (failed, unused))).subquery()
    return select(found.c.id).order_by(found.c.id).limit(limit)


@statement
def still_probing(limit: int) -> Executable:
    """Files that should have been examined by now."""
    return (
        select(media_objects.c.id, media_objects.c.created_at)
        .where(media_objects.c.state == "probing", media_objects.c.created_at < bindparam("before"))
        .order_by(media_objects.c.created_at)
        .limit(limit)
    )
