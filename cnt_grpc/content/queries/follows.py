"""Statements on who follows whom."""

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Executable,
    Select,
    bindparam,
    delete,
    exists,
    func,
    select,
    tuple_,
    update,
)
from sqlalchemy.dialects.postgresql import insert as upsert

from cnt_grpc import auth
from cnt_grpc.content.queries.artists import follows_them, is_met
from cnt_grpc.content.tables import artist_followers, artists
from cnt_grpc.kit.db import statement
from cnt_grpc.kit.db.tables import MOMENT
from cnt_grpc.kit.paging import beyond
from cnt_grpc.moderation import Gate

_artist = artists.c
_ID = bindparam("artist_id", type_=BigInteger)
_PERSON = bindparam("person_id", type_=BigInteger)
_NOW = bindparam("now", type_=MOMENT)

follows = (
    select(
        artist_followers.c.follower_id,
        _artist.user_id.label("person_id"),
        artist_followers.c.artist_id,
        artist_followers.c.followed_at,
    )
    .join_from(artist_followers, artists, _artist.id == artist_followers.c.artist_id)
    .subquery("follows")
)
"""Who follows whom, for joins: follower_id, person_id (who is followed), artist_id and followed_at."""


@statement
def artist_to_follow(by: str) -> Executable:
    """The id of an artist, `by` artist_id or user_id, locked. Parameter: key.

    First of all: everyone then changes the row of who follows and the counter in one order, and nobody deadlocks.
    """
    column = _artist.id if by == "artist_id" else _artist.user_id
    return select(_artist.id).where(column == bindparam("key", type_=BigInteger)).with_for_update(key_share=True)


@statement
def add_follower() -> Executable:
    """Follow an artist; whom, or no row when it was so already. Parameters: artist_id, person_id (who follows), now."""
    added = (
        upsert(artist_followers)
        .values(artist_id=_ID, follower_id=_PERSON, followed_at=_NOW)
        .on_conflict_do_nothing()
        .returning(artist_followers.c.artist_id)
        .cte("added")
    )
    return (
        update(artists)
        .where(_artist.id == added.c.artist_id)
        .values(followers_count=_artist.followers_count + 1)
        .returning(_artist.user_id)
    )


@statement
def remove_follower() -> Executable:
    """Follow an artist no longer. Parameters: artist_id, person_id (who follows)."""
    row = artist_followers.c
    removed = (
        delete(artist_followers)
        .where(row.artist_id == _ID, row.follower_id == _PERSON)
        .returning(row.artist_id)
        .cte("removed")
    )
    return update(artists).where(_artist.id == removed.c.artist_id).values(followers_count=_artist.followers_count - 1)


@statement
def follow_state(gate: Gate) -> Executable:
    """How many follow a person, and whether the caller does; no row for who is no artist. Parameter: person_id."""
    following = follows_them(gate, _artist.id).label("is_following")
    return select(_artist.followers_count, following).where(_artist.user_id == _PERSON)


@statement
def followers_page(gate: Gate, limit: int, *, after: bool) -> Executable:
    """A page of those who follow a person, the latest first. Parameter: person_id."""
    row = artist_followers.c
    people = auth.public_people
    found = (
        _of_people(gate, row.followed_at)
        .join_from(artist_followers, people, people.c.id == row.follower_id)
        .outerjoin(artists, _artist.user_id == row.follower_id)
        .where(row.artist_id >= _followed(), is_met(gate, row.follower_id))
    )
    if after:
        place = (bindparam("after_0", type_=row.followed_at.type), bindparam("after_1", type_=row.follower_id.type))
        found = found.where(tuple_(row.artist_id, row.followed_at, row.follower_id) < tuple_(_followed(), *place))
    else:
        found = found.where(row.artist_id <= _followed())
    return found.order_by(row.artist_id.desc(), row.followed_at.desc(), row.follower_id.desc()).limit(limit)


@statement
def following_page(gate: Gate, limit: int, *, after: bool) -> Executable:
    """A page of those whom a person follows, the latest first. Parameter: person_id."""
    row = artist_followers.c
    people = auth.public_people
    found = (
        _of_people(gate, row.followed_at)
        .join_from(artist_followers, artists, _artist.id == row.artist_id)
        .join(people, people.c.id == _artist.user_id)
        .where(row.follower_id == _PERSON, is_met(gate, _artist.user_id))
    )
    if after:
        found = found.where(beyond(row.followed_at, row.artist_id))
    return found.order_by(row.followed_at.desc(), row.artist_id.desc()).limit(limit)


def _of_people(gate: Gate, followed_at: ColumnElement[object]) -> Select[*tuple[object, ...]]:
    people = auth.public_people.c
    return select(
        people.id.label("user_id"),
        people.name,
        people.username,
        people.avatar_key,
        func.coalesce(_artist.id, 0).label("artist_id"),
        follows_them(gate, _artist.id).label("is_following"),
        followed_at,
    )


@statement
def is_following() -> Executable:
    """Whether someone follows a person. Parameters: follower_id, person_id."""
    follower = bindparam("follower_id", type_=BigInteger)
    return select(exists().where(follows.c.follower_id == follower, follows.c.person_id == _PERSON))


@statement
def followers_to_tell(limit: int) -> Executable:
    """The ids of those who follow a person and want to meet them, in ascending order. Parameters: person_id, after."""
    row, people = artist_followers.c, auth.public_people
    found = (
        select(row.follower_id)
        .join_from(artist_followers, people, people.c.id == row.follower_id)
        .where(row.artist_id <= _followed(), auth.not_blocked(_PERSON, row.follower_id))
        .where(tuple_(row.artist_id, row.follower_id) > tuple_(_followed(), bindparam("after", type_=BigInteger)))
    )
    return found.order_by(row.artist_id, row.follower_id).limit(limit)


def _followed() -> ColumnElement[int]:
    """The id of the artist that a person is. Parameter: person_id.

    Looked up beforehand and not joined, and the beginning and end of a range: only so Postgres takes the followers in
    the order of an index, and reads no more of them than it answers. For `=` it expects as few as most artists have,
    and may sort them all.
    """
    followed = artists.alias("followed").c
    return select(followed.id).where(followed.user_id == _PERSON).scalar_subquery()
