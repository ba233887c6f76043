"""A database of any size, made by generate_series: people who follow each other, items, posts and likes, playlists,
favourites and plays, and what moderators and the team have done.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import asyncpg

from bench.scale import catalogue
from bench.scale.work import DONE

TABLES = (
    "users",
    "user_roles",
    "blocks",
    "media_objects",
    "artists",
    "artist_followers",
    "artist_categories",
    "content_items",
    "podcasts",
    "search_documents",
    "community_posts",
    "likes",
    "favorites",
    "playlists",
    "playlist_items",
    "plays",
    "moderation_cases",
    "reports",
    "audit_log",
    "support_messages",
    "live_streams",
    "creator_applications",
)
"""What is filled."""


@dataclass(frozen=True, slots=True)
class Size:
    """How much there is."""

    items: int
    """Of the catalogue; a seventh of them are films, another one is music, a few are documents, the rest podcasts."""

    @property
    def people(self) -> int:
        """All of them make items, follow 40 others, and keep two playlists."""
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
            for sql in (*catalogue.FILLED, *DONE):
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
