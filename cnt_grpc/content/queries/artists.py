"""Statements on artists: how they are shown, made and changed, and their counters."""

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Executable,
    Select,
    Text,
    bindparam,
    delete,
    exists,
    false,
    func,
    select,
    true,
    update,
)
from sqlalchemy.dialects.postgresql import ARRAY, array
from sqlalchemy.dialects.postgresql import insert as upsert

from cnt_grpc import auth
from cnt_grpc.content.tables import artist_categories, artist_followers, artists
from cnt_grpc.kit.db import statement
from cnt_grpc.kit.db.tables import MOMENT
from cnt_grpc.kit.paging import beyond
from cnt_grpc.moderation import CALLER_ID, Gate

_artist = artists.c
_ID = bindparam("artist_id", type_=BigInteger)
_PERSON = bindparam("person_id", type_=BigInteger)
_NOW = bindparam("now", type_=MOMENT)

CHANGEABLE = ("name", "bio", "social_links", "cover_id", "cover_key")
"""The columns that an update may set."""


def has_artist_profile(person_id: ColumnElement[int]) -> ColumnElement[bool]:
    """Whether a person is an artist whom others find.

    Not by EXISTS: of a long list Postgres expects to answer that for everyone, and reads all artists for it.
    """
    return func.coalesce(select(artists.c.listed).where(artists.c.user_id == person_id).scalar_subquery(), false())


def is_met(gate: Gate, person_id: ColumnElement[int]) -> ColumnElement[bool]:
    """The condition that a person of `auth.public_people` and the caller may meet."""
    return auth.not_blocked(CALLER_ID, person_id) if gate is Gate.MEMBER else true()


def follows_them(gate: Gate, artist_id: ColumnElement[int]) -> ColumnElement[bool]:
    """Whether the caller follows an artist."""
    if gate is Gate.PUBLIC:
        return false()
    # A name of its own: the statement around it may read the same table.
    mine = artist_followers.alias("mine").c
    return exists().where(mine.artist_id == artist_id, mine.follower_id == CALLER_ID)


def _shown(gate: Gate) -> Select[*tuple[object, ...]]:
    """Artists as callers of this gate see them. Only moderators see those who are banned or about to leave."""
    people = auth.people if gate is Gate.ALL else auth.public_people
    of_artist = artist_categories.c.artist_id == _artist.id
    ids = select(artist_categories.c.category_id).where(of_artist).order_by(artist_categories.c.category_id)
    return (
        select(
            _artist.id,
            _artist.user_id,
            people.c.username,
            func.coalesce(func.nullif(_artist.name, ""), people.c.name).label("artist_name"),
            people.c.avatar_key,
            _artist.cover_key,
            _artist.bio,
            _artist.social_links,
            func.array(ids.scalar_subquery(), type_=ARRAY(BigInteger)).label("category_ids"),
            _artist.followers_count,
            _artist.items_count,
            _artist.plays_count,
            auth.shows_role(_artist.user_id, auth.Role.CREATOR.value).label("is_verified"),
            follows_them(gate, _artist.id).label("is_following"),
            _artist.created_at,
        )
        .join_from(artists, people, people.c.id == _artist.user_id)
        .where(is_met(gate, _artist.user_id))
    )


@statement
def visible_artist(gate: Gate, by: str) -> Executable:
    """One artist, `by` artist_id, user_id or username, if the gate lets them through. Parameter: key."""
    found = _shown(gate)
    match by:
        case "artist_id":
            return found.where(_artist.id == bindparam("key", type_=BigInteger))
        case "user_id":
            return found.where(_artist.user_id == bindparam("key", type_=BigInteger))
        case _:
            people = auth.people if gate is Gate.ALL else auth.public_people
            return found.where(people.c.username == bindparam("key", type_=Text))


@statement
def artists_page(gate: Gate, limit: int, *, category: bool, after: bool) -> Executable:
    """A page of artists, the newest first. Parameter if asked for: category_id."""
    found, place = _shown(gate).where(_artist.listed), _artist.id
    if category:
        # In the order of its own index, and with ANY, by which Postgres can do no more than look each artist up: so a
        # category with few of them is not looked for among all.
        of = artist_categories.alias("of_category")
        found = found.join(of, _artist.id == func.any(array([of.c.artist_id])))
        found = found.where(of.c.category_id == bindparam("category_id", type_=BigInteger))
        place = of.c.artist_id
    if after:
        found = found.where(beyond(place))
    return found.order_by(place.desc()).limit(limit)


@statement
def make_artist() -> Executable:
    """Make a person an artist if they are none, and list them if asked; id, listed and was_listed.

    Parameters: person_id, listed, now.
    """
    listed = bindparam("listed", type_=_artist.listed.type)
    # Of the moment in which the statement began: a row that others make meanwhile is found by them.
    before = artists.alias("before")
    was = select(before.c.listed).where(before.c.user_id == _PERSON).scalar_subquery()
    new = upsert(artists).values(user_id=_PERSON, listed=listed, created_at=_NOW, updated_at=_NOW)
    return new.on_conflict_do_update(
        index_elements=["user_id"], set_={"listed": _artist.listed | new.excluded.listed}
    ).returning(_artist.id, _artist.listed, was.label("was_listed"))


@statement
def own_artist() -> Executable:
    """A person as an artist, locked. Parameter: person_id."""
    return select(artists).where(_artist.user_id == _PERSON).with_for_update()


@statement
def update_artist() -> Executable:
    """Set all that is changeable. Parameters: artist_id, now, and every column."""
    values = {name: bindparam(name, type_=_artist[name].type) for name in CHANGEABLE}
    return update(artists).where(_artist.id == _ID).values(**values, updated_at=_NOW)


@statement
def leave_categories() -> Executable:
    """Take an artist out of all categories. Parameter: artist_id."""
    return delete(artist_categories).where(artist_categories.c.artist_id == _ID)


@statement
def enter_category() -> Executable:
    """Put an artist into a category. Parameters: artist_id, category_id."""
    return upsert(artist_categories).values(artist_id=_ID, category_id=bindparam("category_id"))


@statement
def tally() -> Executable:
    """Move what is counted of a person's approved items. Parameters: person_id, items and plays."""
    return (
        update(artists)
        .where(_artist.user_id == _PERSON)
        .values(
            items_count=_artist.items_count + bindparam("items", type_=BigInteger),
            plays_count=_artist.plays_count + bindparam("plays", type_=BigInteger),
        )
    )
