"""Statements for operators, who compare rows with objects; they ask for nobody and see everything."""

from sqlalchemy import Executable, bindparam, func, literal_column, select, union_all, update

from cnt_grpc.kit.db import statement
from cnt_grpc.media.tables import media_objects, media_variants, upload_sessions


@statement
def stored_keys(limit: int) -> Executable:
    """Keys and sizes of what must be in the store, in the order of keys, behind the key `after`."""
    files = select(media_objects.c.key, media_objects.c.size).where(
        media_objects.c.state == "ready", media_objects.c.key > bindparam("after")
    )
    pictures = select(media_variants.c.key, media_variants.c.size).where(media_variants.c.key > bindparam("after"))
    return union_all(files, pictures).order_by(literal_column("key")).limit(limit)


@statement
def number() -> Executable:
    """How many of these there are."""
    files = select(func.count()).select_from(media_objects).where(media_objects.c.state == "ready")
    pictures = select(func.count()).select_from(media_variants)
    return select(files.scalar_subquery() + pictures.scalar_subquery())


@statement
def keys_unfinished() -> Executable:
    """Keys that may be in the store or not: of what is being examined, and of what leaves."""
    waiting = media_objects.c.state != "ready"
    sent = select(media_objects.c.source_key.label("key")).where(waiting, media_objects.c.source_key.is_not(None))
    return union_all(select(media_objects.c.key).where(waiting), sent)


@statement
def keys_under_way() -> Executable:
    """Where uploads put their bytes."""
    return select(upload_sessions.c.key)


@statement
def same_bytes() -> Executable:
    """A file that the owner has already: by its bytes, or where it was drawn anew by its name."""
    return (
        select(media_objects.c.id)
        .where(
            media_objects.c.owner_id == bindparam("owner"),
            media_objects.c.state.in_(["ready", "probing"]),
            (media_objects.c.sha256 == bindparam("sha256"))
            | ((media_objects.c.kind == "image") & (media_objects.c.filename == bindparam("filename"))),
        )
        .limit(1)
    )


@statement
def without_thumbnail() -> Executable:
    """Films that have none."""
    return (
        select(media_objects.c.id)
        .where(
            media_objects.c.kind == "video", media_objects.c.state == "ready", media_objects.c.thumbnail_key.is_(None)
        )
        .order_by(media_objects.c.id)
    )


@statement
def set_thumbnail() -> Executable:
    """The thumbnail of a film that has none; no row when it has one, or is gone."""
    return (
        update(media_objects)
        .where(
            media_objects.c.id == bindparam("media"),
            media_objects.c.state == "ready",
            media_objects.c.thumbnail_key.is_(None),
        )
        .values(thumbnail_key=bindparam("key"))
        .returning(media_objects.c.id)
    )
