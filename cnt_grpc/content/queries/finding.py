"""Statements on what the search may find: items that everyone sees, and artists whom lists show."""

from typing import Any

from sqlalchemy import BigInteger, Executable, Select, bindparam, func, select

from cnt_grpc import auth, media
from cnt_grpc.content.kinds import ItemKind
from cnt_grpc.content.queries.visibility import visible_to
from cnt_grpc.content.tables import artists, content_items
from cnt_grpc.kit.db import statement
from cnt_grpc.moderation import Gate

_item = content_items.c
_artist = artists.c
_AFTER = bindparam("after", type_=BigInteger)


def _items(kind: ItemKind) -> Select[*tuple[Any, ...]]:
    files = media.objects
    found = select(
        _item.id,
        _item.title,
        _item.description,
        _item.creator_id,
        func.coalesce(_item.cover_key, files.c.thumbnail_key).label("picture_key"),
        _item.published_at,
        *(content_items.c[name] for name in kind.columns),
        *(kind.details.c[name] for name in kind.detail_columns if kind.details is not None),
    ).select_from(content_items.outerjoin(files, files.c.id == _item.media_id))
    if kind.details is not None:
        found = found.join(kind.details, kind.details.c.item_id == _item.id)
    return found.where(_item.kind == kind.name, visible_to(Gate.PUBLIC))


@statement
def item_to_find(kind: ItemKind) -> Executable:
    """One item with all its words, if everyone sees it. Parameter: item_id."""
    return _items(kind).where(_item.id == bindparam("item_id", type_=BigInteger))


@statement
def items_to_find(kind: ItemKind, limit: int) -> Executable:
    """All items of a kind that everyone sees, by rising id, held until the transaction ends. Parameter: after."""
    found = _items(kind).where(_item.id > _AFTER).order_by(_item.id).limit(limit)
    return found.with_for_update(read=True, of=content_items)


def _artists() -> Select[*tuple[Any, ...]]:
    people = auth.people
    name = func.coalesce(func.nullif(_artist.name, ""), people.c.name).label("name")
    return (
        select(_artist.id, _artist.user_id, name, people.c.username, _artist.bio, _artist.cover_key, _artist.created_at)
        .join_from(artists, people, people.c.id == _artist.user_id)
        .where(_artist.listed)
    )


@statement
def artist_to_find() -> Executable:
    """One artist, if lists show them. Parameter: artist_id."""
    return _artists().where(_artist.id == bindparam("artist_id", type_=BigInteger))


@statement
def artists_to_find(limit: int) -> Executable:
    """All artists whom lists show, by rising id, held until the transaction ends. Parameter: after."""
    found = _artists().where(_artist.id > _AFTER).order_by(_artist.id).limit(limit)
    return found.with_for_update(read=True, of=artists)
