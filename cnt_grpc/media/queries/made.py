"""Statements on files that we make of others."""

from sqlalchemy import Executable, bindparam, literal_column, select
from sqlalchemy.dialects.postgresql import insert as upsert

from cnt_grpc.kit.db import statement
from cnt_grpc.media.tables import media_objects


@statement
def source() -> Executable:
    """What must be known of a file to make another one of it. Parameter: media."""
    return select(media_objects.c.id, media_objects.c.key, media_objects.c.content_type).where(
        media_objects.c.id == bindparam("media"), media_objects.c.state == "ready"
    )


@statement
def keep_made() -> Executable:
    """A file of ours that is in the store and needs no examination any more: its id, and whether it is new.

    One of the same key takes the new facts; no row when that one has failed or is somebody else's.
    """
    given = (
        "kind", "key", "thumbnail_key", "filename", "content_type", "size", "charged", "sha256", "duration_ms", "width",
        "height", "codecs",
    )  # fmt: skip
    fixed: dict[str, object] = {"state": "ready", "owner_id": bindparam("owner", type_=media_objects.c.owner_id.type)}
    times: dict[str, object] = {"created_at": bindparam("now"), "unused_since": bindparam("now")}
    new = upsert(media_objects).values(
        {name: bindparam(name, type_=media_objects.c[name].type) for name in given} | fixed | times
    )
    facts = ("thumbnail_key", "size", "sha256", "duration_ms", "width", "height", "codecs")
    return new.on_conflict_do_update(
        index_elements=["key"],
        set_={name: new.excluded[name] for name in facts},
        where=(media_objects.c.state == "ready") & media_objects.c.owner_id.is_not_distinct_from(new.excluded.owner_id),
    ).returning(
        media_objects.c.id,
        # Postgres: a row version that replaced no other one was made by no conflict.
        literal_column("xmax = 0").label("is_new"),
    )
