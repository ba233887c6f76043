"""Statements on files that we made for one person."""

from sqlalchemy import Executable, bindparam, insert, literal, select

from cnt_grpc.kit.db import statement
from cnt_grpc.media.tables import media_objects


@statement
def add_private_file() -> Executable:
    """A file whose bytes are in the store; made by us, so that nothing is to be examined."""
    return insert(media_objects).values(
        owner_id=bindparam("owner"),
        kind=literal("document"),
        state=literal("ready"),
        visibility=literal("private"),
        key=bindparam("key"),
        content_type=bindparam("content_type"),
        size=bindparam("size"),
        charged=literal(0),
        sha256=bindparam("sha256"),
        created_at=bindparam("now"),
        unused_since=bindparam("now"),
    )


@statement
def id_of_key() -> Executable:
    """Which file has a key."""
    return select(media_objects.c.id).where(media_objects.c.key == bindparam("key"))
