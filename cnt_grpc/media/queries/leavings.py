"""Statements on objects whose row is gone and whose bytes must follow."""

from sqlalchemy import Executable, bindparam, delete, select
from sqlalchemy.dialects.postgresql import insert as upsert

from cnt_grpc.kit.db import among, statement
from cnt_grpc.media.tables import media_leavings


@statement
def add_leaving() -> Executable:
    """Note that the bytes under a key must go; a second time counts from now."""
    new = upsert(media_leavings).values(key=bindparam("key"), gone_at=bindparam("now"))
    return new.on_conflict_do_update(index_elements=["key"], set_={"gone_at": new.excluded.gone_at})


@statement
def leavings(limit: int) -> Executable:
    """What was noted before `before`, behind the key `after`."""
    return (
        select(media_leavings.c.key, media_leavings.c.gone_at)
        .where(media_leavings.c.gone_at < bindparam("before"), media_leavings.c.key > bindparam("after"))
        .order_by(media_leavings.c.key)
        .limit(limit)
    )


@statement
def forget_leavings() -> Executable:
    """The bytes are gone; but for a key that was noted again since then."""
    return delete(media_leavings).where(
        among(media_leavings.c.key, "keys"), media_leavings.c.gone_at <= bindparam("gone_at")
    )
