"""Statements on what viewers think of films."""

from sqlalchemy import BigInteger, Executable, SmallInteger, bindparam, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from cnt_grpc.content.kinds import ItemKind
from cnt_grpc.content.queries.visibility import visible_to
from cnt_grpc.content.tables import content_items, movie_ratings
from cnt_grpc.kit.db import statement
from cnt_grpc.moderation import Gate

_item = content_items.c
_ID = bindparam("item_id", type_=BigInteger)
_VIEWER = bindparam("viewer_id", type_=BigInteger)


@statement
def item_to_rate(kind: ItemKind, gate: Gate) -> Executable:
    """One item, locked against others who rate it, if the gate lets it through. Parameter: item_id."""
    found = select(_item.id).where(_item.id == _ID, _item.kind == kind.name, visible_to(gate))
    return found.with_for_update(of=content_items, key_share=True)


@statement
def rating_by() -> Executable:
    """What a viewer thought so far, in tenths. Parameters: item_id, viewer_id."""
    return select(movie_ratings.c.rating).where(movie_ratings.c.item_id == _ID, movie_ratings.c.user_id == _VIEWER)


@statement
def save_rating() -> Executable:
    """What a viewer thinks from now on. Parameters: item_id, viewer_id, rating (tenths) and now."""
    values = {"rating": bindparam("rating", type_=SmallInteger), "rated_at": bindparam("now")}
    new = upsert(movie_ratings).values(item_id=_ID, user_id=_VIEWER, **values)
    taken = {"rating": new.excluded.rating, "rated_at": new.excluded.rated_at}
    return new.on_conflict_do_update(index_elements=["item_id", "user_id"], set_=taken)


@statement
def add_to_rating() -> Executable:
    """Move a film's count and sum of ratings. Parameters: item_id, number and tenths."""
    return (
        update(content_items)
        .where(_item.id == _ID)
        .values(
            ratings_count=_item.ratings_count + bindparam("number", type_=BigInteger),
            ratings_sum=_item.ratings_sum + bindparam("tenths", type_=BigInteger),
        )
        .returning(_item.ratings_count, _item.ratings_sum)
    )
