"""Statements on playlists and what is in them."""

from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Executable,
    Integer,
    Select,
    bindparam,
    delete,
    func,
    insert,
    select,
    true,
    update,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.dialects.postgresql import insert as upsert

from cnt_grpc import auth
from cnt_grpc.content.queries.items import of_any_kind
from cnt_grpc.content.queries.visibility import visible_to
from cnt_grpc.content.tables import content_items, playlist_items, playlists
from cnt_grpc.kit.db import statement
from cnt_grpc.kit.db.tables import MOMENT
from cnt_grpc.kit.paging import beyond
from cnt_grpc.moderation import CALLER_ID, Gate

_list = playlists.c
_entry = playlist_items.c
_ID = bindparam("playlist_id", type_=BigInteger)
_ITEM = bindparam("item_id", type_=BigInteger)
_OWNER = bindparam("owner_id", type_=BigInteger)
_NOW = bindparam("now", type_=MOMENT)


def _shown(gate: Gate) -> Select[*tuple[Any, ...]]:
    """Playlists with the names of their owners, and how many of their items this gate lets through."""
    inside = content_items.join(playlist_items, _entry.item_id == content_items.c.id)
    count = select(func.count()).select_from(inside).where(_entry.playlist_id == _list.id, visible_to(gate))
    people = auth.public_people
    return select(
        playlists, people.c.name.label("owner_name"), count.correlate(playlists).scalar_subquery().label("items_count")
    ).join_from(playlists, people, people.c.id == _list.user_id)


@statement
def playlists_page(gate: Gate, limit: int, *, after: bool) -> Executable:
    """A page of someone's playlists, the newest first. Parameter: owner_id."""
    found = _shown(gate).where(_list.user_id == _OWNER)
    if after:
        found = found.where(beyond(_list.id))
    return found.order_by(_list.id.desc()).limit(limit)


@statement
def own_playlist(gate: Gate) -> Executable:
    """One of someone's playlists. Parameters: playlist_id, owner_id."""
    return _shown(gate).where(_list.id == _ID, _list.user_id == _OWNER)


@statement
def shared_playlist(gate: Gate) -> Executable:
    """One that is shared, unless the gate's caller and its owner shall not meet. Parameters: playlist_id, number."""
    met = auth.not_blocked(CALLER_ID, _list.user_id) if gate is Gate.MEMBER else true()
    number = bindparam("number", type_=Integer)
    return _shown(gate).where(_list.id == _ID, _list.shared, _list.share_number == number, met)


@statement
def playlist_to_change() -> Executable:
    """One of someone's playlists, locked. Parameters: playlist_id, owner_id."""
    return select(playlists).where(_list.id == _ID, _list.user_id == _OWNER).with_for_update()


@statement
def number_of_playlists() -> Executable:
    """How many someone has. Parameter: owner_id."""
    return select(func.count()).select_from(playlists).where(_list.user_id == _OWNER)


@statement
def insert_playlist() -> Executable:
    """A new playlist; its id. Parameters: owner_id, name, description, shared, now."""
    values = {name: bindparam(name, type_=_list[name].type) for name in ("name", "description", "shared")}
    new = insert(playlists).values(**values, user_id=_OWNER, created_at=_NOW, updated_at=_NOW)
    return new.returning(_list.id)


@statement
def update_playlist() -> Executable:
    """Set all that is changeable. Parameters: playlist_id, name, description, shared, share_number, now."""
    names = ("name", "description", "shared", "share_number")
    values = {name: bindparam(name, type_=_list[name].type) for name in names}
    return update(playlists).where(_list.id == _ID).values(**values, updated_at=_NOW)


@statement
def touch_playlist() -> Executable:
    """Note that it changed. Parameters: playlist_id, now."""
    return update(playlists).where(_list.id == _ID).values(updated_at=_NOW)


@statement
def delete_playlist() -> Executable:
    """Delete it; what is in it goes with it. Parameter: playlist_id."""
    return delete(playlists).where(_list.id == _ID)


@statement
def entries_page(gate: Gate, limit: int, *, after: bool) -> Executable:
    """A page of the items in a playlist that the gate lets through, in their order. Parameter: playlist_id."""
    found = (
        of_any_kind(_entry.position, _entry.added_at)
        .join(playlist_items, _entry.item_id == content_items.c.id)
        .where(_entry.playlist_id == _ID, visible_to(gate))
    )
    if after:
        found = found.where(beyond(_entry.position, _entry.item_id, ascending=True))
    return found.order_by(_entry.position, _entry.item_id).limit(limit)


@statement
def order_of(gate: Gate) -> Executable:
    """The ids of all items in a playlist in their order, and whether the gate lets them through.

    Parameter: playlist_id.
    """
    visible: ColumnElement[bool] = visible_to(gate)
    return (
        select(_entry.item_id, visible.label("visible"))
        .join_from(playlist_items, content_items, content_items.c.id == _entry.item_id)
        .where(_entry.playlist_id == _ID)
        .order_by(_entry.position, _entry.item_id)
    )


@statement
def add_entry(gate: Gate) -> Executable:
    """Put an item at the end, if the gate lets it through; its id, also when it is in it already.

    Parameters: playlist_id, item_id, now.
    """
    last = select(func.max(_entry.position)).where(_entry.playlist_id == _ID).scalar_subquery()
    item = select(content_items.c.id).where(content_items.c.id == _ITEM, visible_to(gate)).cte("item")
    new = select(_ID, item.c.id, func.coalesce(last, 0) + 1, _NOW)
    added = (
        upsert(playlist_items)
        .from_select(["playlist_id", "item_id", "position", "added_at"], new)
        .on_conflict_do_nothing()
        .cte("added")
    )
    return select(item.c.id).add_cte(added)


@statement
def set_order() -> Executable:
    """Give the items :ids of a playlist their places in this order. Parameters: playlist_id, ids."""
    ids = bindparam("ids", type_=ARRAY(BigInteger))
    order = func.unnest(ids).table_valued("item_id", with_ordinality="place", name="wanted").render_derived()
    place = order.c.place.cast(Integer)
    return (
        update(playlist_items)
        .where(_entry.playlist_id == _ID, _entry.item_id == order.c.item_id, _entry.position != place)
        .values(position=place)
    )


@statement
def remove_entry() -> Executable:
    """Take an item out. Parameters: playlist_id, item_id."""
    return delete(playlist_items).where(_entry.playlist_id == _ID, _entry.item_id == _ITEM)
