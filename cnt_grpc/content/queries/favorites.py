"""Statements on favourites, and on what is new from the artists whom someone follows."""

from sqlalchemy import BigInteger, Executable, Text, bindparam, delete, exists, select, true
from sqlalchemy.dialects.postgresql import insert as upsert

from cnt_grpc import auth
from cnt_grpc.content.queries.follows import follows
from cnt_grpc.content.queries.items import of_any_kind
from cnt_grpc.content.queries.visibility import visible_to
from cnt_grpc.content.tables import content_items, favorites
from cnt_grpc.kit.db import statement
from cnt_grpc.kit.db.tables import MOMENT
from cnt_grpc.kit.paging import beyond
from cnt_grpc.moderation import Gate

_item = content_items.c
_liked = favorites.c
_ID = bindparam("item_id", type_=BigInteger)
_OWNER = bindparam("owner_id", type_=BigInteger)
_KIND = bindparam("kind", type_=Text)


@statement
def favorites_page(gate: Gate, limit: int, *, of_kind: bool, after: bool) -> Executable:
    """A page of someone's favourites that the gate lets through, the latest first. Parameters: owner_id, maybe kind."""
    found = (
        of_any_kind(_liked.favorited_at)
        .join(favorites, _liked.item_id == _item.id)
        .where(_liked.user_id == _OWNER, visible_to(gate))
    )
    if of_kind:
        found = found.where(_item.kind == _KIND)
    if after:
        found = found.where(beyond(_liked.favorited_at, _liked.item_id))
    return found.order_by(_liked.favorited_at.desc(), _liked.item_id.desc()).limit(limit)


@statement
def add_favorite(gate: Gate) -> Executable:
    """Like an item of a kind, if the gate lets it through; its id, also when it is liked already.

    Parameters: item_id, kind, owner_id, now.
    """
    item = select(_item.id).where(_item.id == _ID, _item.kind == _KIND, visible_to(gate)).cte("item")
    added = (
        upsert(favorites)
        .from_select(["user_id", "item_id", "favorited_at"], select(_OWNER, item.c.id, bindparam("now", type_=MOMENT)))
        .on_conflict_do_nothing()
        .cte("added")
    )
    return select(item.c.id).add_cte(added)


@statement
def remove_favorite() -> Executable:
    """Like an item of a kind no longer. Parameters: item_id, kind, owner_id."""
    of_kind = exists().where(_item.id == _liked.item_id, _item.kind == _KIND)
    return delete(favorites).where(_liked.user_id == _OWNER, _liked.item_id == _ID, of_kind)


@statement
def is_favorite(gate: Gate) -> Executable:
    """Whether someone likes an item of a kind that the gate lets through. Parameters: item_id, kind, owner_id."""
    visible = exists().where(_item.id == _liked.item_id, _item.kind == _KIND, visible_to(gate))
    return select(exists().where(_liked.user_id == _OWNER, _liked.item_id == _ID, visible))


@statement
def feed_page(limit: int, *, after: bool) -> Executable:
    """A page of what those whom the caller follows published, the newest first. Parameter: caller_id.

    The newest of each artist are read by an index and sorted together: whoever follows many reads no more than these.
    """
    caller = bindparam("caller_id", type_=BigInteger)
    approved = visible_to(Gate.PUBLIC)
    newest = select(_item.id, _item.published_at).where(_item.creator_id == follows.c.person_id, approved)
    if after:
        newest = newest.where(beyond(_item.published_at, _item.id))
    of_artist = newest.order_by(_item.published_at.desc(), _item.id.desc()).limit(limit).correlate(follows)
    each = of_artist.lateral("each_of")
    met = auth.not_blocked(caller, follows.c.person_id)
    ids = (
        select(each.c.id)
        .select_from(follows.join(each, true()))
        .where(follows.c.follower_id == caller, met)
        .order_by(each.c.published_at.desc(), each.c.id.desc())
        .limit(limit)
        .subquery("newest")
    )
    return of_any_kind().join(ids, ids.c.id == _item.id).order_by(_item.published_at.desc(), _item.id.desc())
