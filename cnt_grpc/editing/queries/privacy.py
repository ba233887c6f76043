"""Everything that the editing room holds about one person: to be read, and to be dropped."""

from sqlalchemy import BigInteger, Executable, bindparam, delete, select

from cnt_grpc.editing.tables import edit_histories, edit_versions, edits
from cnt_grpc.kit.db import statement


@statement
def edits_of() -> Executable:
    """All edits of a person, the oldest first; the plan as JSON is made of it elsewhere."""
    return select(edits).where(edits.c.owner_id == bindparam("user_id", type_=BigInteger)).order_by(edits.c.id)


@statement
def versions_of() -> Executable:
    """All versions of a person's histories."""
    return (
        select(edit_versions)
        .join(edit_histories, edit_histories.c.id == edit_versions.c.history_id)
        .where(edit_histories.c.owner_id == bindparam("user_id", type_=BigInteger))
        .order_by(edit_versions.c.history_id, edit_versions.c.number)
    )


@statement
def drop_histories() -> Executable:
    """Drop a person's histories, with their versions and edits."""
    return delete(edit_histories).where(edit_histories.c.owner_id == bindparam("user_id", type_=BigInteger))
