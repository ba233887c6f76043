"""A community with something in it: posts with pictures, likes, and people who follow and block each other."""

import asyncpg

POSTS = 10_000
LIKES = 10
"""Of each post."""
FOLLOWED = 40
"""By each of the callers."""


async def fill(connection: "asyncpg.Connection[asyncpg.Record]", *, people: int, callers: int) -> None:
    """Fill the tables of a database that has people, all with consecutive ids; everything is approved and public."""
    numbers = {"people": people, "callers": callers, "posts": POSTS, "likes": LIKES, "followed": FOLLOWED}
    for sql in _FILL:
        await connection.execute(sql.format(**numbers))


_FILL = (
    # Posts of five years, thirty of them of the last week or so; every third shows a picture.
    """
    INSERT INTO community_posts (author_id, title, content, category, post_type, image_key, status, likes_count,
                                 comments_count, created_at, published_at, approved_at)
    SELECT (SELECT min(id) FROM users) + n * 7919 % {people}, 'Thanks, number ' || n,
           'He answered what we asked for in the long winter; we did not think that it could be, and here it is. ' || n,
           (ARRAY['testimony', 'prayer_request', 'question', 'announcement', 'general'])[n % 5 + 1],
           CASE WHEN n % 3 = 0 THEN 'image' ELSE 'text' END, 'images/' || md5('post' || n) || '.jpg', 'approved',
           {likes}, 0, day, day, day
    FROM generate_series(1, {posts}) AS n,
         LATERAL (SELECT now() - n * (interval '1825 days' / {posts}) AS day) AS dated
    """,
    """
    INSERT INTO media_objects (owner_id, kind, state, visibility, key, content_type, size, charged, sha256, width,
                               height, filename, created_at)
    SELECT author_id, 'image', 'ready', 'public', image_key, 'image/jpeg', 500000, 500000, ''::bytea, 1080,
           1350, 'a.jpg', created_at
    FROM community_posts WHERE post_type = 'image'
    """,
    """
    INSERT INTO post_media (post_id, position, media_id)
    SELECT p.id, 0, m.id FROM community_posts p JOIN media_objects m ON m.key = p.image_key WHERE p.post_type = 'image'
    """,
    """
    INSERT INTO likes (post_id, user_id, created_at)
    SELECT id, (SELECT min(id) FROM users) + (id * 31 + n * 7) % {people}, now()
    FROM community_posts, generate_series(1, {likes}) AS n
    """,
    "INSERT INTO artists (user_id, created_at, updated_at) SELECT id, now(), now() FROM users",
    # Callers follow people who posted in the last week, and others.
    """
    INSERT INTO artist_followers (artist_id, follower_id, followed_at)
    SELECT a.id, u.id, now()
    FROM (SELECT id FROM users ORDER BY id LIMIT {callers}) AS u, generate_series(1, {followed}) AS n
    JOIN artists a ON a.user_id = (SELECT min(id) FROM users) + n * 7919 % {people}
    """,
    """
    INSERT INTO blocks (blocker_id, blocked_id, created_at)
    SELECT CASE WHEN n % 2 = 0 THEN u.id ELSE u.other END, CASE WHEN n % 2 = 0 THEN u.other ELSE u.id END, now()
    FROM generate_series(1, 20) AS n,
         LATERAL (SELECT id, (SELECT min(id) FROM users) + 5000 + n * 13 AS other
                  FROM users ORDER BY id LIMIT {callers}) u
    """,
)
