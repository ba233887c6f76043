"""Statements on files that go from a private place to a public one."""

from sqlalchemy import Executable, bindparam, select, update

from cnt_grpc.kit.db import statement
from cnt_grpc.media.tables import media_objects, media_variants


@statement
def set_key() -> Executable:
    """Say where the file and the picture that lists show will lie; the bytes are still at its old key."""
    return (
        update(media_objects)
        .where(media_objects.c.id == bindparam("media"), media_objects.c.key == bindparam("old_key"))
        .values(
            key=bindparam("new_key"),
            source_key=bindparam("old_key"),
            thumbnail_key=bindparam("thumbnail_key", type_=media_objects.c.thumbnail_key.type),
        )
        .returning(media_objects)
    )


@statement
def set_variant_key() -> Executable:
    """Say where one of its pictures will lie."""
    return (
        update(media_variants)
        .where(media_variants.c.media_id == bindparam("media"), media_variants.c.name == bindparam("name"))
        .values(key=bindparam("key"))
    )


@statement
def set_arrived() -> Executable:
    """The bytes are where the row says."""
    return (
        update(media_objects)
        .where(
            media_objects.c.id == bindparam("media"),
            media_objects.c.state == "ready",
            media_objects.c.source_key == bindparam("old_key"),
        )
        .values(source_key=None)
        .returning(media_objects.c.id)
    )


@statement
def still_moving(limit: int) -> Executable:
    """Files that have not arrived yet."""
    return (
        select(media_objects.c.id)
        .where(media_objects.c.source_key.is_not(None), media_objects.c.state == "ready")
        .limit(limit)
    )
