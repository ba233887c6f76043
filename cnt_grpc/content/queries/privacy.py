"""Everything that the content room holds about one person: to be read, and to be dropped."""

from collections.abc import Mapping

from sqlalchemy import BigInteger, Column, Executable, bindparam, delete, select, update

from cnt_grpc.content.tables import (
    artist_followers,
    artists,
    content_drafts,
    content_items,
    favorites,
    movie_ratings,
    playlist_items,
    playlists,
    positions,
)
from cnt_grpc.kit.db import statement

_PERSON = bindparam("user_id", type_=BigInteger)

KINDS: Mapping[str, Column[int]] = {
    "artist": artists.c.user_id,
    "items": content_items.c.creator_id,
    "follows": artist_followers.c.follower_id,
    "playlists": playlists.c.user_id,
    "favorites": favorites.c.user_id,
    "drafts": content_drafts.c.user_id,
    "positions": positions.c.user_id,
    "movie_ratings": movie_ratings.c.user_id,
}
"""What is exported, with the column that says whose it is. Plays name nobody: not even we know whose they are."""

OWN: tuple[str, ...] = ("playlists", "favorites", "positions")
"""What is dropped as it is."""


@statement
def rows(kind: str) -> Executable:
    """All of one of KINDS that is this person's. Parameter: user_id."""
    whose = KINDS[kind]
    return select(whose.table).where(whose == _PERSON).order_by(*whose.table.primary_key.columns)


@statement
def playlist_entries() -> Executable:
    """What is in this person's playlists. Parameter: user_id."""
    of = playlist_items.join(playlists, playlists.c.id == playlist_items.c.playlist_id)
    return select(playlist_items).select_from(of).where(playlists.c.user_id == _PERSON)


@statement
def drop(kind: str) -> Executable:
    """Drop all of one of OWN that is this person's. Parameter: user_id."""
    whose = KINDS[kind]
    return delete(whose.table).where(whose == _PERSON)


@statement
def drafts_of() -> Executable:
    """The ids of this person's drafts. Parameter: user_id."""
    return select(content_drafts.c.id).where(content_drafts.c.user_id == _PERSON)


@statement
def own_works(platforms: tuple[str, ...]) -> Executable:
    """What this person published, locked, but for the kinds that are the platform's. Parameter: user_id."""
    item = content_items.c
    mine = select(item.id, item.kind, item.status, item.plays_count, item.creator_id).where(item.creator_id == _PERSON)
    return mine.where(item.kind.not_in(platforms)).order_by(item.id).with_for_update()


@statement
def stop_following() -> Executable:
    """Follow nobody any more; counters follow. Parameter: user_id."""
    row = artist_followers.c
    gone = delete(artist_followers).where(row.follower_id == _PERSON).returning(row.artist_id).cte("gone")
    return update(artists).where(artists.c.id == gone.c.artist_id).values(followers_count=artists.c.followers_count - 1)


@statement
def take_ratings_back() -> Executable:
    """Drop what this person thinks of films; count and sum follow. Parameter: user_id."""
    rating = movie_ratings.c
    gone = delete(movie_ratings).where(rating.user_id == _PERSON).returning(rating.item_id, rating.rating).cte("gone")
    item = content_items.c
    return (
        update(content_items)
        .where(item.id == gone.c.item_id)
        .values(ratings_count=item.ratings_count - 1, ratings_sum=item.ratings_sum - gone.c.rating)
    )


@statement
def drop_artist() -> Executable:
    """The person is no artist any more; who followed follows nobody in their place. Returns its id."""
    return delete(artists).where(artists.c.user_id == _PERSON).returning(artists.c.id)
