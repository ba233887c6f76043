"""How Postgres answers the lists of a large catalogue: by an index, and never by reading all of it."""

from collections.abc import AsyncIterator, Mapping
from datetime import timedelta
from typing import Any

import asyncpg
import pytest

from cnt_grpc.content.kinds import MOVIE, MUSIC, PODCAST, ItemKind
from cnt_grpc.content.queries import artists, favorites, follows, items, listening, news, playlists
from cnt_grpc.content.queries.items import Narrowed, Order
from cnt_grpc.kit import clock
from cnt_grpc.kit.db import Database, Statement
from cnt_grpc.moderation import Gate, Status
from tests.harness.database import Cluster

ITEMS = 30_000
"""Enough for Postgres to leave the catalogue unread where it can."""
PEOPLE = 4000
"""The first 300 of them make the items; all are artists, follow ten others and the first one, and keep what they like.
"""
TABLES = (
    "content_items",
    "plays",
    "favorites",
    "media_objects",
    "artists",
    "artist_categories",
    "artist_followers",
    "playlists",
    "playlist_items",
)
"""What is never read from the first row to the last."""

_FILL = (
    f"""
    INSERT INTO users (name, username, username_skeleton, email, created_at, updated_at)
    SELECT 'Person ' || n, 'person' || n, 'person' || n, 'person' || n || '@example.com', now(), now()
    FROM generate_series(1, {PEOPLE}) n
    """,  # noqa: S608  (a number of ours)
    """
    INSERT INTO media_objects (owner_id, kind, state, visibility, key, content_type, size, charged, sha256, filename,
        created_at)
    SELECT id, 'audio', 'ready', 'public', 'audio/' || id || '.mp3', 'audio/mpeg', 1, 1, sha256(id::text::bytea),
        'sermon.mp3', now()
    FROM users
    """,
    """
    INSERT INTO categories (name, position, slug)
    SELECT 'Category ' || n, n, CASE n WHEN 1 THEN 'animated-bible-stories' END FROM generate_series(1, 20) n
    """,
    f"""
    INSERT INTO content_items (kind, title, description, creator_id, category_id, media_id, media_kind, status,
        featured, genre, artist, album, popularity, plays_count, created_at, updated_at, published_at, approved_at)
    SELECT (ARRAY['podcast', 'movie', 'music'])[n % 3 + 1], 'Title ' || n, 'About ' || n,
        (SELECT min(id) FROM users) + n % 300, (SELECT min(id) FROM categories) + n % 20,
        (SELECT min(id) FROM media_objects) + n % {PEOPLE}, 'audio',
        CASE WHEN n % 50 = 0 THEN 'pending' ELSE 'approved' END, n % 100 = 0, 'Genre ' || n % 200, 'Artist ' || n % 900,
        'Album ' || n % 3000, n % 5000, n % 5000, at, at, at, at
    FROM generate_series(1, {ITEMS}) n, LATERAL (SELECT now() - n * interval '1 minute' AS at) moment
    """,  # noqa: S608  (a number of ours)
    "INSERT INTO plays (item_id, half_hour, listener, counted) SELECT id, now(), 'x', true FROM content_items",
    "INSERT INTO podcasts (item_id, season, episode) SELECT id, 1, id FROM content_items WHERE kind = 'podcast'",
    """
    INSERT INTO artists (user_id, listed, created_at, updated_at)
    SELECT id, true, now(), now() FROM users ORDER BY id
    """,
    """
    INSERT INTO artist_categories (artist_id, category_id)
    SELECT id, (SELECT min(id) FROM categories) + id % 20 FROM artists
    """,
    f"""
    INSERT INTO artist_followers (artist_id, follower_id, followed_at)
    SELECT a.id, u.id, now() - k * interval '1 hour'
    FROM users u, generate_series(0, 10) k,
        LATERAL (SELECT (SELECT min(id) FROM artists) + CASE k WHEN 0 THEN 0 ELSE (u.id + k * 7) % {PEOPLE} END AS id) a
    ON CONFLICT DO NOTHING
    """,  # noqa: S608  (a number of ours)
    f"""
    INSERT INTO favorites (user_id, item_id, favorited_at)
    SELECT u.id, (SELECT min(id) FROM content_items) + (u.id * 31 + k * 7) % {ITEMS}, now() - k * interval '1 hour'
    FROM users u, generate_series(1, 10) k
    """,  # noqa: S608  (a number of ours)
    """
    INSERT INTO playlists (user_id, name, description, shared, created_at, updated_at)
    SELECT id, 'For mornings', '', false, now(), now() FROM users
    """,
    f"""
    INSERT INTO playlist_items (playlist_id, item_id, position, added_at)
    SELECT p.id, (SELECT min(id) FROM content_items) + (p.id * 31 + k * 7) % {ITEMS}, k, now()
    FROM playlists p, generate_series(1, 10) k
    """,  # noqa: S608  (a number of ours)
    # And not only ANALYZE: without it no index answers alone, as autovacuum sees to it that they do.
    "VACUUM (ANALYZE)",
)


@pytest.fixture(scope="module")
async def large(cluster: Cluster) -> AsyncIterator[Database]:
    """A database with a large catalogue."""
    dsn = await cluster.clone()
    connection = await asyncpg.connect(dsn)
    # What is filled in refers to what is there; to look each reference up would take most of the time.
    await connection.execute("SET session_replication_role = replica")
    for sql in _FILL:
        await connection.execute(sql)
    await connection.close()
    db = await Database.open(dsn)
    yield db
    await db.close()


def page(
    kind: ItemKind | None,
    gate: Gate = Gate.PUBLIC,
    status: Status | None = Status.APPROVED,
    order: Order = Order.NEWEST,
    *,
    after: bool = True,
    **narrowed: Any,
) -> Statement:
    """A page of a list, by default one in its middle that everyone sees."""
    return items.items_page(kind, gate, status, order, 21, narrowed=Narrowed(**narrowed), after=after)


PLANS: Mapping[str, Statement] = {
    "first page": page(PODCAST, after=False),
    "page": page(PODCAST),
    "most played": page(PODCAST, order=Order.POPULAR),
    "as a person": page(PODCAST, Gate.MEMBER),
    "own": page(PODCAST, Gate.MEMBER, None, creator=True),
    "own that wait": page(PODCAST, Gate.MEMBER, Status.PENDING),
    "all that wait": page(PODCAST, Gate.ALL, Status.PENDING),
    "all": page(PODCAST, Gate.ALL, None),
    "category": page(PODCAST, category=True),
    "most played of a category": page(PODCAST, order=Order.POPULAR, category=True),
    "creator": page(PODCAST, creator=True),
    "to hear": page(PODCAST, media_kind="audio"),
    "films": page(MOVIE, but_animated=True),
    "featured": page(MOVIE, featured=True),
    "similar": page(MOVIE, category=True, but_one=True),
    "genre": page(MUSIC, words=("genre",)),
    "artist": page(MUSIC, words=("artist",)),
    "album": page(MUSIC, words=("album",)),
    "artist and album": page(MUSIC, words=("album", "artist")),
    "one": items.visible_item(MOVIE, Gate.MEMBER),
    "play": listening.add_play(Gate.MEMBER),
    "count plays": listening.count_plays(5000),
    "rank": listening.rank_items(),
    "forget plays": listening.forget_plays(5000),
    "of an artist": page(None, creator=True),
    "feed": favorites.feed_page(21, after=True),
    "favourites": favorites.favorites_page(Gate.MEMBER, 21, of_kind=False, after=True),
    "podcasts of a feed": news.podcasts_to_feed(300),
    "position": listening.position_in(Gate.MEMBER),
    "artists": artists.artists_page(Gate.MEMBER, 21, category=False, after=False),
    "artists of a category": artists.artists_page(Gate.MEMBER, 21, category=True, after=False),
    "one artist": artists.visible_artist(Gate.MEMBER, "username"),
    "followers": follows.followers_page(Gate.MEMBER, 21, after=True),
    "followers to tell": follows.followers_to_tell(1000),
    "following": follows.following_page(Gate.MEMBER, 21, after=True),
    "playlists": playlists.playlists_page(Gate.MEMBER, 21, after=False),
    "playlist": playlists.entries_page(Gate.MEMBER, 21, after=False),
    "order of a playlist": playlists.order_of(Gate.MEMBER),
}


FEW = {"own", "own that wait", "album", "artist and album", "feed", "favourites", "podcasts of a feed"} | {
    "genre",
    "playlist",
    "order of a playlist",
    "following",
}
"""Lists so short that it does not matter whether they are read in order."""


@pytest.mark.parametrize("name", PLANS)
async def test_it_reads_by_an_index(large: Database, name: str) -> None:
    stmt = PLANS[name]
    values: dict[str, object] = {
        "after_0": 2500 if "most played" in name else clock.now(),
        "after_1": 1000,
        "category_id": 3,
        "creator_id": 7,
        "caller_id": 7,
        "listener_id": 7,
        "but_id": 12,
        "item_id": 12,
        "after": 0,
        "before": clock.now() - timedelta(days=31),
        "until": 100,
        "genre": "genre 7",
        "artist": "artist 7",
        "album": "album 7",
        "owner_id": 7,
        "person_id": 1,
        "playlist_id": 7,
        "key": "person7",
        "listener": b"y",
        "half_hour": clock.now(),
    }
    asked = {key: values[key] for key in stmt._names if key in values}
    async with large.transaction() as tx:
        rows = await tx.raw(f"EXPLAIN {stmt.sql}", *stmt.arguments(asked))
    plan = "\n".join(row[0] for row in rows)
    for table in TABLES:
        assert f"Seq Scan on {table}" not in plan, plan
    assert "Sort Key" not in plan or name in FEW, plan


async def test_deleting_a_category_finds_what_is_in_it_by_an_index(large: Database) -> None:
    async with large.transaction() as tx:
        # As Postgres asks it for ON DELETE SET NULL, which EXPLAIN does not show.
        rows = await tx.raw("EXPLAIN UPDATE content_items SET category_id = NULL WHERE category_id = 2147483647")
    plan = "\n".join(row[0] for row in rows)
    assert "ix_content_items_of_category" in plan, plan
