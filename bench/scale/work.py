"""The SQL that fills a platform with what moderators and the team have before them, and have done."""

DONE = (
    """
    INSERT INTO moderation_cases (kind, subject_id, author_id, opened_at, closed_at, outcome)
    SELECT 'podcast', n, n % {people} + 1, now(), CASE WHEN n > {waiting} THEN now() END,
           CASE WHEN n > {waiting} THEN 'approved' END
    FROM generate_series(1, {items}) AS n
    """,
    """
    INSERT INTO reports (kind, thing_id, author_id, reporter_id, category, details, status, resolved_by, created_at,
                         resolved_at)
    SELECT CASE WHEN n BETWEEN {waiting} + 1 AND {waiting} + 50 THEN 'event' ELSE 'community_post' END, n,
           n % {people} + 1, (n + 7) % {people} + 1, 'spam', '', CASE WHEN n > {waiting} THEN 'upheld' ELSE 'open' END,
           CASE WHEN n > {waiting} THEN 1 END, day, CASE WHEN n > {waiting} THEN day END
    FROM (SELECT n, now() - ({posts} - n) * interval '1 minute' AS day FROM generate_series(1, {posts}) AS n) AS d
    """,
    """
    INSERT INTO audit_log (id, at, actor_id, action, target_kind, target_id, before, after, reason, hash)
    SELECT n, now() - ({items} - n) * interval '1 minute',
           CASE WHEN n <= 50 THEN 1 ELSE n % 19 + 2 END,
           CASE WHEN n <= 50 THEN 'create' ELSE (ARRAY['approve', 'approve', 'reject', 'archive'])[n % 4 + 1] END,
           CASE WHEN n <= 50 THEN 'category' WHEN n % 3 = 0 THEN 'podcast' ELSE 'community_post' END,
           n, '{{}}', '{{}}', '', sha256(int8send(n))
    FROM generate_series(1, {items}) AS n
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
"""What somebody had to look at, nearly all of it done; the oldest of it is of kinds that came never again."""
