"""Statements that make, change and delete items of any kind."""

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Executable,
    Table,
    bindparam,
    delete,
    insert,
    select,
    update,
)

from cnt_grpc import moderation
from cnt_grpc.content.kinds import ItemKind
from cnt_grpc.content.tables import content_items
from cnt_grpc.kit.db import statement
from cnt_grpc.moderation import Status

_item = content_items.c
_ID = bindparam("item_id", type_=BigInteger)

_CHANGEABLE = (
    "title",
    "description",
    "category_id",
    "media_id",
    "media_kind",
    "cover_id",
    "cover_key",
    "featured",
)

_HELD = (Status.REJECTED.value, Status.ARCHIVED.value)
"""What a moderator put there comes back by a moderator only."""


def changeable(kind: ItemKind) -> tuple[str, ...]:
    """The columns of an item and its details that an update may set."""
    return (*_CHANGEABLE, *kind.columns, *kind.detail_columns)


def _values(table: Table, *names: str) -> dict[str, ColumnElement[object]]:
    # The type goes with the name: where a value is not compared with a column, Postgres could not tell it.
    return {name: bindparam(name, type_=table.c[name].type) for name in names}


@statement
def insert_item(kind: ItemKind) -> Executable:
    """A new item and its details in one statement; returns its id."""
    names = (*_CHANGEABLE, *kind.columns, "creator_id", "status", "created_at", "updated_at", "approved_at")
    insert_parent = (
        insert(content_items)
        .values(**_values(content_items, *names), kind=kind.name, published_at=bindparam("created_at"))
        .returning(_item.id)
    )
    if kind.details is None:
        return insert_parent
    item = insert_parent.cte("item")
    details = [value.label(name) for name, value in _values(kind.details, *kind.detail_columns).items()]
    return (
        insert(kind.details)
        .from_select(["item_id", *kind.detail_columns], select(item.c.id, *details))
        .returning(kind.details.c.item_id)
    )


@statement
def update_item(kind: ItemKind) -> Executable:
    """Set all that is changeable of an item and its details. Parameters: item_id, updated_at and every column."""
    values = _values(content_items, *_CHANGEABLE, *kind.columns, "updated_at")
    change = update(content_items).where(_item.id == _ID).values(values)
    if kind.details is None:
        return change
    details = (
        update(kind.details)
        .where(kind.details.c.item_id == _ID)
        .values(_values(kind.details, *kind.detail_columns))
        .cte("details")
    )
    return change.add_cte(details)


@statement
def set_preview() -> Executable:
    """Give a film a preview, or take it away. Parameters: item_id, preview_id and preview_key."""
    return update(content_items).where(_item.id == _ID).values(_values(content_items, "preview_id", "preview_key"))


@statement
def set_status(*, decided: bool) -> Executable:
    """Move an item from one status to another, as moderation.Standing asks for it."""
    at = bindparam("at", type_=_item.updated_at.type)
    moved = moderation.moving(content_items, decided=decided).values(updated_at=at)
    if decided:
        moved = moved.values(held=bindparam("now", type_=_item.status.type).in_(_HELD))
    return moved.returning(
        _item.id,
        _item.title,
        _item.creator_id,
        _item.media_id,
        _item.cover_id,
        _item.preview_id,
        _item.plays_count,
        _item.approved_at,
        _item.updated_at,
    )


@statement
def delete_item() -> Executable:
    """Delete an item; its details go with it. Parameter: item_id."""
    return delete(content_items).where(_item.id == _ID)
