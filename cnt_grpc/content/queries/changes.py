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
    return (*_CHANGEABLE, *kind.detail_columns)


def _values(table: Table, *names: str) -> dict[str, ColumnElement[object]]:
    # The type goes with the name: where a value is not compared with a column, Postgres could not tell it.
    return {name: bindparam(name, type_=table.c[name].type) for name in names}


@statement
def insert_item(kind: ItemKind) -> Executable:
    """A new item and its details in one statement; returns its id."""
    item = (
        insert(content_items)
        .values(
            **_values(content_items, *_CHANGEABLE, "creator_id", "status", "created_at", "updated_at", "approved_at"),
            kind=kind.name,
            published_at=bindparam("created_at"),
        )
        .returning(_item.id)
        .cte("item")
    )
    names = kind.detail_columns
    details = [value.label(name) for name, value in _values(kind.detail, *names).items()]
    return (
        insert(kind.detail)
        .from_select(["item_id", *names], select(item.c.id, *details))
        .returning(kind.detail.c.item_id)
    )


@statement
def update_item(kind: ItemKind) -> Executable:
    """Set all that is changeable of an item and its details. Parameters: item_id, updated_at and every column."""
    details = (
        update(kind.detail)
        .where(kind.detail.c.item_id == _ID)
        .values(_values(kind.detail, *kind.detail_columns))
        .cte("details")
    )
    values = _values(content_items, *_CHANGEABLE, "updated_at")
    return update(content_items).where(_item.id == _ID).values(values).add_cte(details)


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
        .returning(_item.id, _item.title, _item.creator_id, _item.media_id, _item.cover_id)
    )


@statement
def delete_item() -> Executable:
    """Delete an item; its details go with it. Parameter: item_id."""
    return delete(content_items).where(_item.id == _ID)
