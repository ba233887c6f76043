"""A database with something in it, made by a few large INSERTs: people, podcasts with their files,
a community, and full inboxes.
"""

from dataclasses import dataclass

import asyncpg

from bench import community

PEOPLE = 10_100
"""All of them are creators of podcasts, and signed in."""

CALLERS = 8
"""People, the first of all, whose inboxes are full."""

INBOX = 500
"""Notifications of each of these."""

RICH = 1000
"""People, the first of all, who have coins."""


@dataclass(frozen=True, slots=True)
class Caller:
    """Someone who is signed in."""

    user_id: int
    session_id: int


async def fill(dsn: str, *, podcasts: int) -> tuple[list[Caller], int]:
    """Fill a migrated, empty database; everything is approved and public.

    Returns the people, CALLERS first, and the id of a podcast in the middle.
    """
    connection = await asyncpg.connect(dsn)
    try:
        await connection.execute(_PEOPLE.format(people=PEOPLE))
        await connection.execute(_FILES.format(people=PEOPLE, podcasts=podcasts))
        await connection.execute(_ITEMS)
        await connection.execute(_DETAILS)
        await connection.execute(_DOCUMENTS)
        await community.fill(connection, people=PEOPLE, callers=CALLERS)
        rows = await connection.fetch(_SESSIONS)
        await connection.execute(_COINS.format(givers=RICH))
        await connection.execute(_INBOXES.format(callers=CALLERS, inbox=INBOX))
        # Otherwise autovacuum does this in the middle of a measurement, and plans change under it.
        await connection.execute("VACUUM (ANALYZE)")
        await connection.execute("CHECKPOINT")
        middle = int(await connection.fetchval("SELECT (min(id) + max(id)) / 2 FROM content_items"))
    finally:
        await connection.close()
    people = sorted((Caller(row["user_id"], row["id"]) for row in rows), key=lambda caller: caller.user_id)
    return people, middle


_PEOPLE = """
INSERT INTO users (username, username_skeleton, name, email, avatar_key, bio, created_at, updated_at)
SELECT 'person' || n, 'person' || n, 'Person Number ' || n, 'person' || n || '@example.org',
       'images/' || md5('face' || n) || '.jpg', 'Writes and speaks about what matters.', now(), now()
FROM generate_series(1, {people}) AS n
"""

_FILES = """
INSERT INTO media_objects (owner_id, kind, state, visibility, key, content_type, size, charged, sha256, duration_ms,
                           filename, created_at)
SELECT (SELECT min(id) FROM users) + n % {people}, 'audio', 'ready', 'public', 'audio/' || md5('sound' || n) || '.mp3',
       'audio/mpeg', 5000000, 5000000, sha256(n::text::bytea), 60000 + n, 'sermon.mp3', now()
FROM generate_series(1, {podcasts}) AS n
"""

# The day is scattered, so that no list follows the order of insertion, and alike in every run.
_ITEMS = """
INSERT INTO content_items (kind, title, description, creator_id, media_id, media_kind, cover_key, status,
                           plays_count, popularity, created_at, updated_at, published_at, approved_at)
SELECT 'podcast', 'The Prodigal Son, part ' || id, 'A father waits for a son who left long ago; number ' || id,
       owner_id, id, 'audio',
       'images/thumbnails/default/' || id % 12 + 1 || '.jpg', 'approved', id % 5000, id % 5000, day, day, day, day
FROM (SELECT *, now() - (hashint8(id) & 1048575) * interval '1 minute' AS day FROM media_objects) AS dated
"""

_DETAILS = "INSERT INTO podcasts (item_id, season, episode) SELECT id, 1, 2 FROM content_items"

# What words.py would make of these ASCII words: each as it is, its beginnings in titles, and its stem.
_DOCUMENTS = r"""
INSERT INTO search_documents (kind, ref, owner_id, title, subtitle, text, picture_key, at, words)
SELECT 'podcast', id, creator_id, title, '', description, cover_key, published_at,
       setweight(to_tsvector('simple', title) || to_tsvector('english', title), 'A')
       || setweight(to_tsvector('simple', description) || to_tsvector('english', description), 'C')
       || (SELECT array_to_tsvector(array_agg(DISTINCT '~' || left(word, length)))
           FROM regexp_split_to_table(lower(title), '\W+') AS word, generate_series(1, 12) AS length
           WHERE length <= length(word))
       || ('Z' || (id >> 11))::tsvector
FROM content_items
"""

_SESSIONS = """
INSERT INTO sessions (user_id, signed_in_by, address, user_agent, created_at, used_at, expires_at)
SELECT id, 'password', '127.0.0.1', 'bench', now(), now(), now() + interval '1 day'
FROM users
RETURNING id, user_id
"""

_INBOXES = """
WITH heads AS (
    INSERT INTO inbox_heads (recipient_id, last_seq, unread)
    SELECT id, {inbox}, {inbox} FROM users ORDER BY id LIMIT {callers}
    RETURNING recipient_id
)
INSERT INTO notifications (recipient_id, seq, type, title, message, data, created_at)
SELECT recipient_id, n, 'follow', 'Person Number ' || n || ' follows you', 'Person Number ' || n || ' follows you now.',
       jsonb_build_object('user_id', n::text, 'name', 'Person Number ' || n),
       now() - ({inbox} - n) * interval '1 minute'
FROM heads, generate_series(1, {inbox}) AS n
"""

_COINS = """
WITH accounts AS (
    INSERT INTO ledger_accounts (kind, owner_id, currency, balance)
    SELECT kind, id, 'COIN', 0
    FROM (SELECT id FROM users ORDER BY id LIMIT {givers}) AS people,
         (VALUES ('wallet'), ('earnings')) AS kinds (kind)
    RETURNING id, kind
), issued AS (
    INSERT INTO ledger_accounts (kind, owner_id, currency) VALUES ('issued', 0, 'COIN') RETURNING id
)
INSERT INTO ledger_entries (cause, account_id, currency, amount, created_at)
SELECT 'bench', id, 'COIN', 1000000000, now() FROM accounts WHERE kind = 'wallet'
UNION ALL
SELECT 'bench', id, 'COIN', -1000000000::bigint * {givers}, now() FROM issued
"""
