"""Statements that make, change and delete items of any kind."""

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Executable,
    Table,
    bindparam,
    case,
    delete,
    insert,
    select,
    update,
)

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
    """Move an item from one status to another; no row when it does not stand at `was`. The first approval dates it.

    Parameters: item_id, was, now, at; and when a moderator `decided` also held and reason.
    """
    now = bindparam("now", type_=_item.status.type)
    at = bindparam("at", type_=_item.updated_at.type)
    first_approval = (now == Status.APPROVED.value) & _item.approved_at.is_(None)
    values: dict[str, ColumnElement[object]] = {
        "status": now,
        "updated_at": at,
        "published_at": case((first_approval, at), else_=_item.published_at),
        "approved_at": case((first_approval, at), else_=_item.approved_at),
    }
    if decided:
        values |= {"held": bindparam("held"), "rejection_reason": bindparam("reason")}
    return (
        update(content_items)
        .where(_item.id == _ID, _item.status == bindparam("was"))
        .values(values)
        .returning(
            _item.id,
            _item.title,
            _item.creator_id,
            _item.media_id,
            _item.cover_id,
            _item.preview_id,
            _item.plays_count,
            _item.approved_at,
        )
    )


@statement
def delete_item() -> Executable:
    """Delete an item; its details go with it. Parameter: item_id."""
    return delete(content_items).where(_item.id == _ID)
