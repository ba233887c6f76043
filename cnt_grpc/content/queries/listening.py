"""Statements on what listeners leave behind: plays, which a job adds up, and where they stopped."""

from sqlalchemy import BigInteger, Executable, LargeBinary, bindparam, delete, func, select, tuple_, update
from sqlalchemy.dialects.postgresql import insert as upsert

from cnt_grpc.content.queries.visibility import visible_to
from cnt_grpc.content.tables import artists, content_items, plays, positions
from cnt_grpc.kit.db import statement
from cnt_grpc.kit.db.tables import MOMENT
from cnt_grpc.moderation import Gate, Status

_item = content_items.c
_ID = bindparam("item_id", type_=BigInteger)
_LISTENER = bindparam("listener_id", type_=BigInteger)


@statement
def add_play(gate: Gate) -> Executable:
    """One play of an item that the gate lets through, if it is approved; the item's id. A play that is there stays.

    Parameters: item_id, half_hour (its beginning) and listener.
    """
    item = select(_item.id, _item.status).where(_item.id == _ID, visible_to(gate)).cte("item")
    half_hour = bindparam("half_hour", type_=MOMENT)
    listener = bindparam("listener", type_=LargeBinary)
    counts = item.c.status == Status.APPROVED.value
    play = (
        upsert(plays)
        .from_select(["item_id", "half_hour", "listener"], select(item.c.id, half_hour, listener).where(counts))
        .on_conflict_do_nothing()
        .cte("play")
    )
    return select(item.c.id).add_cte(play)


@statement
def count_plays(limit: int) -> Executable:
    """Add so many new plays to the counters of their items and artists; how many there were."""
    play = plays.c
    key = (play.item_id, play.half_hour, play.listener)
    new = select(*key).where(~play.counted).limit(limit).with_for_update(skip_locked=True).cte("new")
    marked = (
        update(plays)
        .where(tuple_(*key) == tuple_(new.c.item_id, new.c.half_hour, new.c.listener))
        .values(counted=True)
        .returning(play.item_id)
        .cte("marked")
    )
    number = func.count().label("number")
    sums = select(marked.c.item_id, number).group_by(marked.c.item_id).cte("sums")
    counted = (
        update(content_items)
        .where(_item.id == sums.c.item_id)
        .values(plays_count=_item.plays_count + sums.c.number)
        .returning(_item.creator_id, _item.status, sums.c.number)
        .cte("counted")
    )
    # What stopped being approved meanwhile counts for its artist when it is approved again.
    of_artists = (
        select(counted.c.creator_id, func.sum(counted.c.number).label("number"))
        .where(counted.c.status == Status.APPROVED.value)
        .group_by(counted.c.creator_id)
        .cte("of_artists")
    )
    total = (
        update(artists)
        .where(artists.c.user_id == of_artists.c.creator_id)
        .values(plays_count=artists.c.plays_count + of_artists.c.number)
        .cte("total")
    )
    return select(func.count()).select_from(marked).add_cte(counted, total)


@statement
def forget_plays(limit: int) -> Executable:
    """Drop so many plays that are counted and older than `before`, and say how many. Their counters stay."""
    play = plays.c
    key = (play.item_id, play.half_hour, play.listener)
    is_old = (play.half_hour < bindparam("before", type_=MOMENT), play.counted)
    old = select(*key).where(*is_old).limit(limit).with_for_update(skip_locked=True).cte("old")
    return delete(plays).where(tuple_(*key) == tuple_(old.c.item_id, old.c.half_hour, old.c.listener))


@statement
def last_item() -> Executable:
    """The highest id of all items."""
    return select(func.max(_item.id))


@statement
def rank_items() -> Executable:
    """Sort the items after one id and up to another by their plays from now on. Parameters: after, until."""
    span = (_item.id > bindparam("after", type_=BigInteger), _item.id <= bindparam("until", type_=BigInteger))
    moved = _item.popularity != _item.plays_count
    return update(content_items).where(*span, moved).values(popularity=_item.plays_count)


@statement
def position_in(gate: Gate) -> Executable:
    """Where someone stopped in an item that the gate lets through; 0 if nobody said.

    Parameters: item_id and listener_id.
    """
    mine = (positions.c.item_id == _item.id) & (positions.c.user_id == _LISTENER)
    return (
        select(func.coalesce(positions.c.position, 0).label("position"), positions.c.updated_at)
        .select_from(content_items.outerjoin(positions, mine))
        .where(_item.id == _ID, visible_to(gate))
    )


@statement
def save_position(gate: Gate) -> Executable:
    """Where someone stopped in an item; its id, if the gate lets it through.

    Parameters: item_id, listener_id, position and now.
    """
    values = {"position": bindparam("position", type_=BigInteger), "updated_at": bindparam("now", type_=MOMENT)}
    visible = select(_LISTENER, _item.id, *values.values()).where(_item.id == _ID, visible_to(gate))
    new = upsert(positions).from_select(["user_id", "item_id", *values], visible)
    taken = {name: new.excluded[name] for name in values}
    return new.on_conflict_do_update(index_elements=["user_id", "item_id"], set_=taken).returning(positions.c.item_id)
