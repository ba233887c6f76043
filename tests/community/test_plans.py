"""How Postgres answers the lists of a large community: by an index, and never by reading all of it."""

from collections.abc import AsyncIterator, Mapping

import pytest

from cnt_grpc.community.queries import comments, feed, posts, watching
from cnt_grpc.community.queries.feed import Phase
from cnt_grpc.community.queries.posts import Narrowed
from cnt_grpc.community.rules.standing import STANDING
from cnt_grpc.kit import clock
from cnt_grpc.kit.db import Database, Statement
from cnt_grpc.moderation import Gate, Status
from cnt_grpc.moderation.queries.things import things_page
from tests.harness.database import Cluster

POSTS = 30_000
"""Enough for Postgres to leave them unread where it can."""

FILL = (
    """
    INSERT INTO users (name, username, username_skeleton, email, created_at, updated_at)
    SELECT 'Person ' || n, 'person' || n, 'person' || n, 'person' || n || '@example.com', now(), now()
    FROM generate_series(1, 25000) n
    """,
    """
    INSERT INTO artists (user_id, created_at, updated_at) SELECT id, now(), now() FROM users LIMIT 3000
    """,
    """
    INSERT INTO artist_followers (artist_id, follower_id, followed_at)
    SELECT a.id, a.user_id % 3000 + 1, now() FROM artists a
    UNION SELECT a.id, (a.id * 7 + n * 31) % 3000 + 1, now() FROM artists a, generate_series(1, 15) n
    """,
    """
    INSERT INTO blocks (blocker_id, blocked_id, created_at)
    SELECT n, n % 3000 + 1, now() FROM generate_series(1, 3000) n
    """,
    f"""
    INSERT INTO community_posts (author_id, title, content, category, post_type, status, show_in_carousel, created_at,
        published_at, approved_at)
    SELECT n % 3000 + 1, 'Title ' || n, repeat('He answered. ', 10), (ARRAY['testimony', 'prayer_request', 'question',
        'announcement', 'general'])[n % 5 + 1], CASE WHEN n % 3 = 0 THEN 'image' ELSE 'text' END,
        CASE WHEN n % 50 = 0 THEN 'pending' ELSE 'approved' END, n % 200 = 0, at, at, at
    FROM generate_series(1, {POSTS}) n, LATERAL (SELECT now() - n * interval '5 minutes' AS at) moment
    """,  # noqa: S608  (a number of ours)
    """
    INSERT INTO likes (post_id, user_id, created_at)
    SELECT p.id, (p.id * 13 + n * 97) % 3000 + 1, now() FROM community_posts p, generate_series(1, 7) n
    ON CONFLICT DO NOTHING
    """,
    """
    INSERT INTO comments (post_id, author_id, content, changes, created_at)
    SELECT p.id, (p.id * 17 + n * 89) % 3000 + 1, 'Amen.', n, now() FROM community_posts p, generate_series(1, 3) n
    """,
    """
    INSERT INTO media_objects (owner_id, kind, state, visibility, key, content_type, size, charged, sha256, created_at)
    SELECT author_id, 'image', 'ready', 'public', 'images/' || id || '.jpg', 'image/jpeg', 1, 1, '', now()
    FROM community_posts WHERE post_type = 'image'
    """,
    """
    INSERT INTO post_media (post_id, position, media_id)
    SELECT split_part(split_part(key, '/', 2), '.', 1)::bigint, 0, id FROM media_objects WHERE key ~ '^images/[0-9]'
    """,
    """
    INSERT INTO comment_likes (comment_id, user_id, created_at)
    SELECT id, (id * 19) % 3000 + 1, now() FROM comments
    """,
    "ANALYZE",
)


@pytest.fixture(scope="module")
async def large(cluster: Cluster) -> AsyncIterator[Database]:
    """A database with many posts."""
    db = await Database.open(await cluster.clone())
    for sql in FILL:
        async with db.transaction() as tx:
            await tx.raw(sql)
    yield db
    await db.close()


def page(gate: Gate = Gate.PUBLIC, status: Status | None = Status.APPROVED, **narrowed: bool) -> Statement:
    """A page in the middle of a list."""
    return posts.posts_page(gate, status, Narrowed(**narrowed), 21, after=True)


PLANS: Mapping[str, Statement] = {
    "first page": posts.posts_page(Gate.PUBLIC, Status.APPROVED, Narrowed(), 21, after=False),
    "page": page(),
    "as a person": page(Gate.MEMBER),
    "as a moderator": page(Gate.ALL),
    "category": page(Gate.MEMBER, category=True),
    "type": page(Gate.MEMBER, post_type=True),
    "carousel": page(Gate.MEMBER, carousel=True),
    "author": page(Gate.MEMBER, author=True),
    "own": page(Gate.MEMBER, None, author=True),
    "category and type": page(category=True, post_type=True),
    "to moderate": things_page(STANDING.things, Status.PENDING, 21, author=False, after=True),
    "all": things_page(STANDING.things, None, 21, author=False, after=True),
    "one": posts.visible_post(Gate.MEMBER),
    "files": posts.files_of(),
    "of a shared page": posts.seen_by(),
    "feed": feed.feed_page(None, 21),
    "feed of those followed": feed.feed_page(Phase.FOLLOWED, 21),
    "the rest of the feed": feed.feed_page(Phase.REST, 21),
    "comments": comments.comments_page(Gate.MEMBER, 21, after=True),
    "watched": watching.watched(Gate.MEMBER),
    "read for watchers": watching.after(32),
}

VALUES: Mapping[str, object] = {
    "after_0": clock.now(),
    "after_1": 1000,
    "caller_id": 7,
    "category": "question",
    "post_type": "image",
    "author_id": 7,
    "post_id": 12,
    "post_ids": list(range(1, 21)),
    "after_seqs": [1] * 20,
    "since": clock.now(),
}

TABLES = (
    "community_posts",
    "likes",
    "comments",
    "comment_likes",
    "users",
    "artist_followers",
    "media_objects",
    "post_media",
)


@pytest.mark.parametrize("generic", [False, True], ids=["custom", "generic"])
@pytest.mark.parametrize("name", PLANS)
async def test_it_reads_by_an_index(large: Database, name: str, generic: bool) -> None:
    """Whether Postgres plans for these values or for any."""
    stmt = PLANS[name]
    asked = {key: VALUES[key] for key in stmt._names if key in VALUES}
    async with large.transaction() as tx:
        if generic:
            await tx.raw("SET LOCAL plan_cache_mode = force_generic_plan")
        rows = await tx.raw(f"EXPLAIN {stmt.sql}", *stmt.arguments(asked))
    plan = "\n".join(row[0] for row in rows)
    for table in TABLES:
        assert f"Seq Scan on {table}" not in plan, plan
