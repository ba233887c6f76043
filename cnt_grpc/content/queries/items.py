"""Statements that read items of the catalogue; the kind is an argument, so that all kinds share them."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Executable,
    FromClause,
    Select,
    Text,
    bindparam,
    func,
    select,
    true,
)

from cnt_grpc import auth, media
from cnt_grpc.content.kinds import KINDS, ItemKind
from cnt_grpc.content.queries.visibility import visible_to
from cnt_grpc.content.tables import categories, content_items
from cnt_grpc.kit.db import statement
from cnt_grpc.kit.paging import beyond
from cnt_grpc.moderation import CALLER_ID, Gate, Status

ANIMATED: Final = "animated-bible-stories"
"""The slug of the category whose films have a list of their own."""

_item = content_items.c
_ID = bindparam("item_id", type_=BigInteger)

_people = auth.people
_media = media.objects

_SHOWN: tuple[ColumnElement[object], ...] = (
    _item.id,
    _item.title,
    _item.description,
    _item.creator_id,
    _people.c.name.label("creator_name"),
    _people.c.username.label("creator_username"),
    _people.c.avatar_key.label("creator_avatar_key"),
    func.coalesce(_item.category_id, 0).label("category_id"),
    _item.media_id,
    _item.media_kind,
    _media.c.key.label("media_key"),
    _media.c.visibility.label("media_visibility"),
    _media.c.size.label("media_size"),
    func.coalesce(_media.c.duration_ms, 0).label("duration_ms"),
    _item.cover_id,
    _item.cover_key,
    _media.c.thumbnail_key,
    _item.status,
    _item.rejection_reason,
    _item.plays_count,
    _item.featured,
    _item.created_at,
    _item.published_at,
    _item.popularity,
)
"""What every message of an item shows; messages.py reads it by these names."""


_OF_ANY = (
    _item.kind,
    *(content_items.c[name] for name in dict.fromkeys(name for kind in KINDS for name in kind.shown)),
)


def _shown(kind: ItemKind | None) -> tuple[ColumnElement[object], ...]:
    """What a list of one kind, or (None) of all kinds, shows."""
    return (*_SHOWN, *(_OF_ANY if kind is None else (content_items.c[name] for name in kind.shown)))


def _shown_from() -> FromClause:
    return content_items.join(_people, _people.c.id == _item.creator_id).outerjoin(
        _media, _media.c.id == _item.media_id
    )


def _details(kind: ItemKind) -> list[ColumnElement[object]]:
    return [kind.details.c[name] for name in kind.detail_columns] if kind.details is not None else []


def _with_details(found: FromClause, kind: ItemKind) -> FromClause:
    return found if kind.details is None else found.join(kind.details, kind.details.c.item_id == _item.id)


class Order(Enum):
    """The orders of lists; each is a column that changes rarely, so that a page token stays true."""

    NEWEST = "published_at"
    POPULAR = "popularity"

    @property
    def column(self) -> ColumnElement[object]:
        """The column that the list sorts by, before the id."""
        return content_items.c[self.value]


@dataclass(frozen=True, slots=True, kw_only=True)
class Narrowed:
    """By what a list is narrowed: the shape of its statement, whose values are parameters of the same names."""

    category: bool = False
    """To the items of category_id."""
    but_animated: bool = False
    """To what is not in the category Animated Bible Stories."""
    creator: bool = False
    """To the items of creator_id."""
    featured: bool = False
    """To what moderators put forward."""
    media_kind: str | None = None
    """To items that are heard, or watched."""
    words: tuple[str, ...] = ()
    """To items whose columns of these names hold the parameters of the same names, whatever their case."""
    but_one: bool = False
    """To all but the item but_id."""

    def conditions(self) -> Iterator[ColumnElement[bool]]:
        """What an item of the list must fulfil."""
        if self.category:
            yield _item.category_id == bindparam("category_id")
        if self.but_animated:
            yield _item.category_id.is_distinct_from(_ANIMATED)
        if self.creator:
            yield _item.creator_id == bindparam("creator_id")
        if self.featured:
            yield _item.featured
        if self.media_kind is not None:
            yield _item.media_kind == self.media_kind
        for name in self.words:
            yield func.lower(content_items.c[name]) == func.lower(bindparam(name, type_=Text))
        if self.but_one:
            yield _item.id != bindparam("but_id", type_=BigInteger)


# 0 is no category: an item without one must not look as if it were in a category that was deleted.
_ANIMATED = func.coalesce(select(categories.c.id).where(categories.c.slug == ANIMATED).scalar_subquery(), 0)


@statement
def items_page(
    kind: ItemKind | None,
    gate: Gate,
    status: Status | None,
    order: Order,
    limit: int,
    *,
    narrowed: Narrowed,
    after: bool,
) -> Executable:
    """A page of items of one kind or (None) of all. Parameters: those of `narrowed`, and the page's own."""
    of_kind = true() if kind is None else _item.kind == kind.name
    found = (
        select(*_shown(kind))
        .select_from(_shown_from())
        .where(of_kind, visible_to(gate, status), *narrowed.conditions())
    )
    return _page(found, order, limit, after=after)


def of_any_kind(*more: ColumnElement[Any]) -> Select[*tuple[Any, ...]]:
    """Items of all kinds as mixed lists show them, with `more` columns of what a statement joins to them."""
    return select(*_shown(None), *more).select_from(_shown_from())


def _page(found: Select[*tuple[Any, ...]], order: Order, limit: int, *, after: bool) -> Select[*tuple[Any, ...]]:
    if after:
        found = found.where(beyond(order.column, _item.id))
    return found.order_by(order.column.desc(), _item.id.desc()).limit(limit)


@statement
def visible_item(kind: ItemKind, gate: Gate) -> Executable:
    """One item with its details, if the gate lets it through. Parameter: item_id."""
    return (
        select(*_shown(kind), *_details(kind))
        .select_from(_with_details(_shown_from(), kind))
        .where(_item.id == _ID, _item.kind == kind.name, visible_to(gate))
    )


@statement
def visible_of_any_kind(gate: Gate) -> Executable:
    """The id of an item of whatever kind, if the gate lets it through. Parameter: item_id."""
    return select(_item.id).where(_item.id == _ID, visible_to(gate))


@statement
def any_item(kind: ItemKind) -> Executable:
    """The id of an item of a kind, if there is any."""
    return select(_item.id).where(_item.kind == kind.name).limit(1)


@statement
def own_item(kind: ItemKind, *, anyones: bool) -> Executable:
    """One item with its details, locked, if it is the caller's or `anyones` says that the caller may change any."""
    found = (
        select(content_items, *_details(kind))
        .select_from(_with_details(content_items, kind))
        .where(_item.id == _ID, _item.kind == kind.name)
    )
    if not anyones:
        found = found.where(_item.creator_id == CALLER_ID)
    return found.with_for_update(of=content_items)
