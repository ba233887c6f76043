"""The SQL that fills a platform with people, what they publish, and what listeners leave behind."""

PEOPLE = """
INSERT INTO users (username, username_skeleton, name, email, avatar_key, bio, created_at, updated_at)
SELECT 'person' || n, 'person' || n, 'Person Number ' || n, 'person' || n || '@example.org',
       'images/' || md5('face' || n) || '.jpg', 'Writes and speaks about what matters.', at, at
FROM (SELECT n, now() - n * interval '1 minute' AS at FROM generate_series(1, {people}) AS n) AS d
"""

FILES = """
INSERT INTO media_objects (owner_id, kind, state, visibility, key, content_type, size, charged, sha256, duration_ms,
                           filename, created_at)
SELECT n, 'audio', 'ready', 'public', 'audio/' || md5('sound' || n) || '.mp3', 'audio/mpeg', 5000000, 5000000,
       sha256(n::text::bytea), 60000 + n, 'sermon.mp3', now()
FROM generate_series(1, {people}) AS n
"""

ARTISTS = """
INSERT INTO artists (user_id, listed, created_at, updated_at) SELECT id, true, now(), now() FROM users ORDER BY id
"""

# 7919 is prime, so that nobody follows anyone twice.
FOLLOWERS = """
INSERT INTO artist_followers (artist_id, follower_id, followed_at)
SELECT (n + k * 7919) % {people} + 1, n, now() - k * interval '1 hour'
FROM generate_series(1, {people}) AS n, generate_series(1, 40) AS k
WHERE (n + k * 7919) % {people} + 1 <> n
"""

# The first one is followed by everybody.
FOLLOWED = """
INSERT INTO artist_followers (artist_id, follower_id, followed_at)
SELECT 1, n, now() - n * interval '1 minute' FROM generate_series(2, {people}) AS n
ON CONFLICT DO NOTHING
"""

# Each in one of 40 categories; in the last one there are the oldest alone, whom a list comes to last.
OF_CATEGORIES = """
INSERT INTO artist_categories (artist_id, category_id)
SELECT n, n % 40 + 1 FROM generate_series(1, {people}) AS n
UNION ALL SELECT n, 50 FROM generate_series(1, 5) AS n
"""

BLOCKS = """
INSERT INTO blocks (blocker_id, blocked_id, created_at)
SELECT n, (n + 77) % {people} + 1, now() FROM generate_series(1, {people}) AS n
"""

# Every second one is trusted to publish; those who look after the platform are as many on any.
ROLES = """
INSERT INTO user_roles (user_id, role, granted_at)
SELECT n, 'creator', now() FROM generate_series(2, {people}, 2) AS n
UNION ALL SELECT n, 'moderator', now() FROM generate_series(1, 20) AS n
UNION ALL SELECT n, 'admin', now() FROM generate_series(1, 5) AS n
"""

CATEGORIES = """
INSERT INTO categories (name, position, slug)
SELECT 'Category ' || n, n, CASE n WHEN 1 THEN 'animated-bible-stories' END FROM generate_series(1, 50) AS n
"""

# Every tenth title has the word grace, every hundredth hope, and each one a word of its own. The day is scattered, so
# that no list follows the order of insertion.
ITEMS = """
INSERT INTO content_items (kind, title, description, creator_id, category_id, media_id, media_kind, cover_key, status,
                           featured, genre, artist, album, plays_count, popularity,
                           created_at, updated_at, published_at, approved_at)
SELECT CASE WHEN n % 70 IN (13, 69) THEN 'document'
            ELSE (ARRAY['podcast', 'movie', 'podcast', 'music', 'podcast', 'podcast', 'podcast'])[n % 7 + 1] END,
       'Of ' || (ARRAY['love', 'faith', 'peace', 'joy', 'truth'])[n % 5 + 1]
       || CASE WHEN n % 10 = 0 THEN ' and grace' WHEN n % 100 = 7 THEN ' and hope' ELSE '' END || ', part p' || n,
       'What the letters say about it, read and explained; number ' || n,
       n % {people} + 1, n % 50 + 1, n % {people} + 1, 'audio', 'images/thumbnails/default/' || n % 12 + 1 || '.jpg',
       CASE WHEN n % 10 = 3 THEN 'pending' ELSE 'approved' END, n % 50 = 7,
       'Genre ' || n % 40, 'Artist ' || n % ({people} / 10 + 1), 'Album ' || n % ({people} / 5 + 1),
       hashint8(n) & 4095, hashint8(n) & 4095, day, day, day, day
FROM (SELECT n, now() - (hashint8(n) & 1048575) * interval '1 minute' AS day FROM generate_series(1, {items}) AS n) AS d
"""

EPISODES = "INSERT INTO podcasts (item_id, season, episode) SELECT id, 1, id FROM content_items WHERE kind = 'podcast'"

POSTS = """
INSERT INTO community_posts (author_id, title, content, category, post_type, status, created_at, published_at,
                             approved_at)
SELECT n % {people} + 1, 'Thanks ' || n, 'He answered me, and I want to tell of it.',
       (ARRAY['testimony', 'prayer_request', 'general'])[n % 3 + 1], 'text',
       CASE WHEN n % 50 = 3 THEN 'pending' ELSE 'approved' END, day, day, day
FROM (SELECT n, now() - (hashint8(n) & 1048575) * interval '1 minute' AS day FROM generate_series(1, {posts}) AS n) AS d
"""

# 7919 is prime here, too; likes_count stays as it is, for nothing here is sorted by it.
LIKES = """
INSERT INTO likes (post_id, user_id, created_at)
SELECT n, (n * 31 + k * 7919) % {people} + 1, now() FROM generate_series(1, {posts}) AS n, generate_series(1, 10) AS k
"""

FAVORITES = """
INSERT INTO favorites (user_id, item_id, favorited_at)
SELECT n % {people} + 1, (n % {people} * 31 + n / {people} * 104729::bigint) % {items} + 1, now() - n * interval '1 s'
FROM generate_series(0, {listens} - 1) AS n
"""

PLAYLISTS = """
INSERT INTO playlists (user_id, name, description, shared, created_at, updated_at)
SELECT n % {people} + 1, 'For mornings', '', false, now(), now() FROM generate_series(0, {people} * 2 - 1) AS n
"""

# Ten items each, and the first one as many as there may be in one.
ENTRIES = """
INSERT INTO playlist_items (playlist_id, item_id, position, added_at)
SELECT list, (list * 31 + k * 7919) % {items} + 1, k, now()
FROM generate_series(1, {people} * 2) AS list, generate_series(1, CASE list WHEN 1 THEN 1000 ELSE 10 END) AS k
"""

PLAYS = """
INSERT INTO plays (item_id, half_hour, listener, counted)
SELECT (hashint8(n) & 2147483647) % {items} + 1,
       date_trunc('hour', now()) - n % 5000 * interval '30 minutes', int4send(n), n > {waiting}
FROM generate_series(1, {listens}) AS n
"""

# What words.py would make of these ASCII words: each as it is, its beginnings in titles, and its stem; and the lot.
FOUND = r"""
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

FILLED = (
    PEOPLE,
    ROLES,
    BLOCKS,
    FILES,
    ARTISTS,
    FOLLOWERS,
    FOLLOWED,
    CATEGORIES,
    OF_CATEGORIES,
    ITEMS,
    EPISODES,
    FAVORITES,
    PLAYLISTS,
    ENTRIES,
    PLAYS,
    FOUND,
    POSTS,
    LIKES,
)
"""All of these, in the order in which they refer to each other."""
