"""Statements on files that we make of others."""

from sqlalchemy import Executable, bindparam, insert, select

from cnt_grpc.kit.db import statement
from cnt_grpc.media.tables import media_objects


@statement
def source() -> Executable:
    """What must be known of a file to make another one of it. Parameter: media."""
    return select(media_objects.c.id, media_objects.c.key, media_objects.c.content_type).where(
        media_objects.c.id == bindparam("media"), media_objects.c.state == "ready"
    )


@statement
def add_made() -> Executable:
    """A file of ours that is in the store and needs no examination any more; returns its id. It counts for nobody."""
    given = ("kind", "key", "content_type", "size", "sha256", "duration_ms", "width", "height", "codecs")
    fixed: dict[str, object] = {"state": "ready", "charged": 0}
    times: dict[str, object] = {"created_at": bindparam("now"), "unused_since": bindparam("now")}
    return (
        insert(media_objects)
        .values({name: bindparam(name, type_=media_objects.c[name].type) for name in given} | fixed | times)
        .returning(media_objects.c.id)
    )
