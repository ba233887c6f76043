"""Statements on files that are to become items."""

from sqlalchemy import Executable, Text, bindparam, select

from cnt_grpc import media
from cnt_grpc.content.tables import content_items
from cnt_grpc.kit.db import statement


@statement
def file_of_key() -> Executable:
    """Whose a file is, and the item that is made of it, if any. Parameter: key."""
    file, item = media.objects.c, content_items.c
    return (
        select(file.id, file.owner_id, item.id.label("item_id"))
        .select_from(media.objects.outerjoin(content_items, item.media_id == file.id))
        .where(file.key == bindparam("key", type_=Text))
        .limit(1)
    )
