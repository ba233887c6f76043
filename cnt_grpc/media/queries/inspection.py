"""Statements for operators, who compare rows with objects; they ask for nobody and see everything."""

from sqlalchemy import Executable, bindparam, delete, func, select, union_all, update

from cnt_grpc.kit.db import among, statement
from cnt_grpc.media.tables import media_leavings, media_objects, media_variants, upload_sessions

_KEPT = (media_objects.c.key, media_objects.c.source_key, media_variants.c.key)


@statement
def stored_files(limit: int, shares: int) -> Executable:
    """Files whose bytes must be at their key, and what a share of all that is: behind the id `after`."""
    return (
        select(media_objects.c.id, media_objects.c.key, media_objects.c.size)
        .where(
            media_objects.c.state == "ready",
            media_objects.c.source_key.is_(None),
            media_objects.c.id > bindparam("after"),
            media_objects.c.id % shares == bindparam("share"),
        )
        .order_by(media_objects.c.id)
        .limit(limit)
    )


@statement
def stored_variants() -> Executable:
    """The pictures of these files."""
    of = media_variants.c
    return select(of.media_id, of.name, of.key, of.size).where(among(of.media_id, "ids"))


@statement
def known_keys() -> Executable:
    """Those of these keys that a row names: of a file, of its source, of a picture, of an upload, or to be erased."""
    columns = (*_KEPT, upload_sessions.c.key, media_leavings.c.key)
    return union_all(*(select(each.label("key")).where(among(each, "keys")) for each in columns))


@statement
def kept_keys() -> Executable:
    """Those of these keys that a file has."""
    return union_all(*(select(each.label("key")).where(among(each, "keys")) for each in _KEPT))


@statement
def number() -> Executable:
    """How many of these there are."""
    files = select(func.count()).select_from(media_objects).where(media_objects.c.state == "ready")
    pictures = select(func.count()).select_from(media_variants)
    return select(files.scalar_subquery() + pictures.scalar_subquery())


@statement
def sources_on_the_move() -> Executable:
    """Where files and their pictures are taken from that go to a public place at this moment."""
    return select(media_objects.c.source_key).where(media_objects.c.source_key.is_not(None))


@statement
def sessions_under_way() -> Executable:
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


@statement
def remove_variant() -> Executable:
    """Forget a picture whose bytes are lost; it is made again."""
    return delete(media_variants).where(
        media_variants.c.media_id == bindparam("media"), media_variants.c.name == bindparam("name")
    )


@statement
def set_pictures() -> Executable:
    """Which picture lists show of a file, after its pictures were made again."""
    return (
        update(media_objects)
        .where(media_objects.c.id == bindparam("media"), media_objects.c.state == "ready")
        .values(thumbnail_key=bindparam("key", type_=media_objects.c.thumbnail_key.type))
        .returning(media_objects.c.id)
    )


@statement
def set_lost() -> Executable:
    """The bytes of a file that something uses are gone; what to give back to whom."""
    before = select(media_objects.c.id, media_objects.c.charged).where(
        media_objects.c.id == bindparam("media"), media_objects.c.state == "ready"
    )
    old = before.with_for_update().cte("old")
    return (
        update(media_objects)
        .where(media_objects.c.id == old.c.id)
        .values(state="failed", failure=bindparam("failure"), charged=0)
        .returning(media_objects.c.owner_id, old.c.charged.label("refund"))
    )
