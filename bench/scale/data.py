"""A database of any size, made by generate_series: people who follow each other, items, posts and likes, favourites and
plays, and what moderators and the team have done.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import asyncpg

TABLES = (
    "users",
    "media_objects",
    "artists",
    "artist_followers",
    "content_items",
    "search_documents",
    "community_posts",
    "likes",
    "favorites",
    "plays",
    "moderation_cases",
    "reports",
    "support_messages",
    "live_streams",
    "creator_applications",
)
"""What is filled."""


@dataclass(frozen=True, slots=True)
class Size:
    """How much there is."""

    items: int
    """Of the catalogue; a seventh of them are films, another one is music, the rest podcasts."""

    @property
    def people(self) -> int:
        """All of them make items, and follow 40 others."""
        return max(200, self.items // 20)

    @property
    def posts(self) -> int:
        """Of the community, each liked by ten people."""
        return self.items

    @property
    def listens(self) -> int:
        """Favourites and plays together, half of them each."""
        return self.items * 5


FULL = Size(1_000_000)
BASE = Size(10_000)
"""What the full size is compared with."""
WAITING = 100
"""Of each thing that somebody has to look at, whatever the size: the rest is done."""


async def fill(dsn: str, size: Size) -> None:
    """Fill a migrated, empty database. Nine items of ten are approved; words are as common as `words_of` says."""
    connection = await asyncpg.connect(dsn, command_timeout=3600)
    try:
        await connection.execute("SET synchronous_commit = off; SET maintenance_work_mem = '512MB'")
        # Every reference below is right by how it is made: to look each of them up would take most of the time.
        await connection.execute("SET session_replication_role = replica")
        async with _without_indexes(connection):
            numbers = {"people": size.people, "items": size.items, "posts": size.posts, "listens": size.listens // 2}
            catalogue = (_PEOPLE, _FILES, _ARTISTS, _FOLLOWERS, _CATEGORIES, _ITEMS, _FAVORITES, _PLAYS, _FOUND)
            for sql in (*catalogue, _POSTS, _LIKES, *_DONE):
                await connection.execute(sql.format(waiting=WAITING, **numbers))
        # Otherwise autovacuum does this in the middle of a measurement, and plans change under it.
        await connection.execute("VACUUM (ANALYZE)")
        await connection.execute("CHECKPOINT")
    finally:
        await connection.close()


@asynccontextmanager
async def _without_indexes(connection: asyncpg.Connection) -> AsyncIterator[None]:
    """Leave out the indexes that no constraint needs while the tables are filled: made at once they take a tenth."""
    sql = """
        SELECT i.indexrelid::regclass::text AS name, pg_get_indexdef(i.indexrelid) AS definition
        FROM pg_index i JOIN pg_class t ON t.oid = i.indrelid
        WHERE t.relname = ANY($1) AND NOT i.indisunique
    """
    indexes = await connection.fetch(sql, list(TABLES))
    for row in indexes:
        await connection.execute(f"DROP INDEX {row['name']}")
    yield
    for row in indexes:
        await connection.execute(row["definition"])


_PEOPLE = """
INSERT INTO users (username, username_skeleton, name, email, avatar_key, bio, created_at, updated_at)
SELECT 'person' || n, 'person' || n, 'Person Number ' || n, 'person' || n || '@example.org',
       'images/' || md5('face' || n) || '.jpg', 'Writes and speaks about what matters.', now(), now()
FROM generate_series(1, {people}) AS n
"""

_FILES = """
INSERT INTO media_objects (owner_id, kind, state, visibility, key, content_type, size, charged, sha256, duration_ms,
                           filename, created_at)
SELECT n, 'audio', 'ready', 'public', 'audio/' || md5('sound' || n) || '.mp3', 'audio/mpeg', 5000000, 5000000,
       sha256(n::text::bytea), 60000 + n, 'sermon.mp3', now()
FROM generate_series(1, {people}) AS n
"""

_ARTISTS = """
INSERT INTO artists (user_id, listed, created_at, updated_at) SELECT id, true, now(), now() FROM users ORDER BY id
"""

# 7919 is prime, so that nobody follows anyone twice.
_FOLLOWERS = """
INSERT INTO artist_followers (artist_id, follower_id, followed_at)
SELECT (n + k * 7919) % {people} + 1, n, now() - k * interval '1 hour'
FROM generate_series(1, {people}) AS n, generate_series(1, 40) AS k
WHERE (n + k * 7919) % {people} + 1 <> n
"""

_CATEGORIES = """
INSERT INTO categories (name, position, slug)
SELECT 'Category ' || n, n, CASE n WHEN 1 THEN 'animated-bible-stories' END FROM generate_series(1, 50) AS n
"""

# Every tenth title has the word grace, every hundredth hope, and each one a word of its own. The day is scattered, so
# that no list follows the order of insertion.
_ITEMS = """
INSERT INTO content_items (kind, title, description, creator_id, category_id, media_id, media_kind, cover_key, status,
                           featured, genre, artist, album, plays_count, popularity,
                           created_at, updated_at, published_at, approved_at)
SELECT (ARRAY['podcast', 'movie', 'podcast', 'music', 'podcast', 'podcast', 'podcast'])[n % 7 + 1],
       'Of ' || (ARRAY['love', 'faith', 'peace', 'joy', 'truth'])[n % 5 + 1]
       || CASE WHEN n % 10 = 0 THEN ' and grace' WHEN n % 100 = 7 THEN ' and hope' ELSE '' END || ', part p' || n,
       'What the letters say about it, read and explained; number ' || n,
       n % {people} + 1, n % 50 + 1, n % {people} + 1, 'audio', 'images/thumbnails/default/' || n % 12 + 1 || '.jpg',
       CASE WHEN n % 10 = 3 THEN 'pending' ELSE 'approved' END, n % 500 = 0,
       'Genre ' || n % 40, 'Artist ' || n % ({people} / 10 + 1), 'Album ' || n % ({people} / 5 + 1),
       hashint8(n) & 4095, hashint8(n) & 4095, day, day, day, day
FROM (SELECT n, now() - (hashint8(n) & 1048575) * interval '1 minute' AS day FROM generate_series(1, {items}) AS n) AS d
"""

_POSTS = """
INSERT INTO community_posts (author_id, title, content, category, post_type, status, created_at, published_at,
                             approved_at)
SELECT n % {people} + 1, 'Thanks ' || n, 'He answered me, and I want to tell of it.',
       (ARRAY['testimony', 'prayer_request', 'general'])[n % 3 + 1], 'text',
       CASE WHEN n % 50 = 3 THEN 'pending' ELSE 'approved' END, day, day, day
FROM (SELECT n, now() - (hashint8(n) & 1048575) * interval '1 minute' AS day FROM generate_series(1, {posts}) AS n) AS d
"""

# 7919 is prime here, too; likes_count stays as it is, for nothing here is sorted by it.
_LIKES = """
INSERT INTO likes (post_id, user_id, created_at)
SELECT n, (n * 31 + k * 7919) % {people} + 1, now() FROM generate_series(1, {posts}) AS n, generate_series(1, 10) AS k
"""

_FAVORITES = """
INSERT INTO favorites (user_id, item_id, favorited_at)
SELECT n % {people} + 1, (n % {people} * 31 + n / {people} * 104729::bigint) % {items} + 1, now() - n * interval '1 s'
FROM generate_series(0, {listens} - 1) AS n
"""

_PLAYS = """
INSERT INTO plays (item_id, half_hour, listener, counted)
SELECT (hashint8(n) & 2147483647) % {items} + 1,
       date_trunc('hour', now()) - n % 5000 * interval '30 minutes', int4send(n), n % 1000 <> 0
FROM generate_series(1, {listens}) AS n
"""

# What words.py would make of these ASCII words: each as it is, its beginnings in titles, and its stem; and the lot.
_FOUND = r"""
INSERT INTO search_documents (kind, ref, owner_id, title, subtitle, text, picture_key, at, words)
SELECT kind, id, creator_id, title, '', description, cover_key, published_at,
       setweight(to_tsvector('simple', title) || to_tsvector('english', title), 'A')
       || setweight(to_tsvector('simple', description) || to_tsvector('english', description), 'C')
       || (SELECT array_to_tsvector(array_agg(DISTINCT '~' || left(word, length)))
           FROM regexp_split_to_table(lower(title), '\W+') AS word, generate_series(1, 12) AS length
           WHERE length <= length(word))
       || ('Z' || (id >> 11))::tsvector
FROM content_items WHERE status = 'approved'
"""

_DONE = (
    """
    INSERT INTO moderation_cases (kind, subject_id, author_id, opened_at, closed_at, outcome)
    SELECT 'podcast', n, n % {people} + 1, now(), CASE WHEN n > {waiting} THEN now() END,
           CASE WHEN n > {waiting} THEN 'approved' END
    FROM generate_series(1, {items}) AS n
    """,
    """
    INSERT INTO reports (kind, thing_id, author_id, reporter_id, category, details, status, resolved_by, created_at,
                         resolved_at)
    SELECT 'community_post', n, n % {people} + 1, (n + 7) % {people} + 1, 'spam', '',
           CASE WHEN n > {waiting} THEN 'upheld' ELSE 'open' END, CASE WHEN n > {waiting} THEN 1 END, now(),
           CASE WHEN n > {waiting} THEN now() END
    FROM generate_series(1, {posts}) AS n
    """,
    """
    INSERT INTO support_messages (author_id, subject, message, status, unread_by_team, created_at, updated_at)
    SELECT n % {people} + 1, 'No sound', 'I hear nothing.', CASE WHEN n > {waiting} THEN 'closed' ELSE 'open' END,
           CASE WHEN n > {waiting} THEN 0 ELSE 1 END, now(), now()
    FROM generate_series(1, {items}) AS n
    """,
    """
    INSERT INTO live_streams (kind, host_id, title, description, room_name, status, audience, listed_at, created_at,
                              updated_at)
    SELECT 'stream', n % {people} + 1, 'Sunday', '', 'room' || n, CASE WHEN n > {waiting} THEN 'ended' ELSE 'live' END,
           'everyone', now(), now(), now()
    FROM generate_series(1, {items}) AS n
    """,
    """
    INSERT INTO creator_applications (user_id, stage_name, about, links, status, decided_at, created_at)
    SELECT n % {people} + 1, 'Ann sings', '', '{{}}', CASE WHEN n > {waiting} THEN 'rejected' ELSE 'pending' END,
           CASE WHEN n > {waiting} THEN now() END, now()
    FROM generate_series(1, {items}) AS n
    """,
)
"""What somebody had to look at, nearly all of it done."""
