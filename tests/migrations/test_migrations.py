"""The schema: made by migrations alone, equal to the code's tables, and safe to bring up to date by several at once."""

import ast
import asyncio
import re
from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import pytest
from sqlalchemy import DateTime

from cnt_grpc import migrate
from cnt_grpc.kit.db import Database, tables
from cnt_grpc.kit.jobs.queue import JobQueries, WorkerDriver
from tests.harness.database import Cluster

NOT_INDEXED = {
    "content_items.fk_content_items_category_id": "categories are few, and hardly ever deleted",
    "gift_transactions.fk_gift_transactions_gift_id": "gifts are withdrawn, never deleted, and each index slows giving",
}
"""Foreign keys whose rows are found by a scan when what they refer to is deleted, and why that will do."""

VERSIONS = sorted((migrate.FOLDER / "versions").glob("*.py"))


@pytest.fixture
async def empty(cluster: Cluster) -> AsyncIterator[str]:
    """The address of a database that nobody has migrated."""
    admin = await asyncpg.connect(cluster.postgres.dsn("postgres"))
    try:
        await admin.execute("DROP DATABASE IF EXISTS fresh")
        await admin.execute("CREATE DATABASE fresh TEMPLATE template0")
        yield cluster.postgres.dsn("fresh")
        await admin.execute("DROP DATABASE fresh WITH (FORCE)")
    finally:
        await admin.close()


async def test_three_migrators_at_once_bring_an_empty_database_up_to_date(empty: str) -> None:
    assert await migrate.current(empty) is None
    assert not await migrate.is_current(empty)
    await asyncio.gather(*(migrate.upgrade(empty) for _ in range(3)))
    assert await migrate.current(empty) == migrate.head()
    assert await migrate.is_current(empty)
    assert await migrate.drift(empty) == []


async def test_an_old_schema_is_told_from_a_newer_one(empty: str) -> None:
    await migrate.upgrade(empty)
    connection = await asyncpg.connect(empty)
    try:
        await connection.execute("UPDATE alembic_version SET version_num = '9999'")
        assert await migrate.is_current(empty)  # the next release has migrated already, and we still serve
        await connection.execute("DELETE FROM alembic_version")
        assert not await migrate.is_current(empty)
    finally:
        await connection.close()


async def test_a_change_of_the_code_without_a_migration_is_seen(scratch: Database) -> None:
    async with scratch.transaction() as tx:
        await tx.raw("ALTER TABLE jobs ADD COLUMN forgotten text")
        await tx.raw("DROP INDEX ix_jobs_finished_at")
    found = await migrate.drift(scratch.dsn)
    async with scratch.transaction() as tx:
        await tx.raw("ALTER TABLE jobs DROP COLUMN forgotten")
        await tx.raw("CREATE INDEX ix_jobs_finished_at ON jobs (finished_at) WHERE finished_at IS NOT NULL")
    assert any("forgotten" in difference for difference in found)
    assert any("ix_jobs_finished_at" in difference for difference in found)


async def test_pgqueuer_finds_the_tables_that_it_wants(empty: str) -> None:
    """When this fails, PgQueuer has changed its tables: write a migration with the statements that it prints."""
    await migrate.upgrade(empty)
    db = Database(empty)
    queries = JobQueries(WorkerDriver(db))
    plan = await queries.plan_upgrade()
    await db.close()
    assert plan.statements == ()


async def test_only_core_features_of_postgres_are_used(scratch: Database) -> None:
    async with scratch.transaction() as tx:
        found = {row[0] for row in await tx.raw("SELECT extname FROM pg_extension")}
    assert found == {"plpgsql"}


async def test_every_foreign_key_has_an_index_or_its_deletes_would_scan(scratch: Database) -> None:
    """An index that begins with the key's columns; partial ones that only leave out NULLs will do."""
    async with scratch.transaction() as tx:
        missing = await tx.raw(
            """
            SELECT c.conrelid::regclass || '.' || c.conname
            FROM pg_constraint c
            WHERE c.contype = 'f' AND c.connamespace = 'public'::regnamespace
              AND NOT EXISTS (
                SELECT FROM pg_index i
                WHERE i.indrelid = c.conrelid
                  AND (i.indkey::int2[])[0:cardinality(c.conkey) - 1] @> c.conkey
                  AND (i.indpred IS NULL OR pg_get_expr(i.indpred, i.indrelid) ~ '^\\(\\w+ IS NOT NULL\\)$')
              )
            ORDER BY 1
            """
        )
    assert {row[0] for row in missing} - set(NOT_INDEXED) == set()


def test_every_constraint_and_index_has_a_name_in_the_houses_form() -> None:
    migrate.load_tables()
    wrong = []
    for table in tables.metadata.tables.values():
        names = [str(found.name) for found in (*table.constraints, *table.indexes) if hasattr(found, "name")]
        wrong += [name for name in names if not re.fullmatch(r"(pk|fk|uq|ck|ix)_[a-z0-9_]{1,59}", name)]
        wrong += [name for name in names if name.startswith("ck_") and not name.startswith(f"ck_{table.name}_")]
    assert wrong == []


def test_every_moment_knows_its_time_zone() -> None:
    migrate.load_tables()
    columns = [column for table in tables.metadata.tables.values() for column in table.columns]
    assert [str(c) for c in columns if isinstance(c.type, DateTime) and not c.type.timezone] == []


def test_migrations_are_one_line_without_gaps() -> None:
    """0001, 0002, 0003 …, each on the one before: two branches that meet would be seen here."""
    links = [_link(file) for file in VERSIONS]
    numbers = [f"{number:04}" for number in range(1, len(VERSIONS) + 1)]
    assert [revision for revision, _ in links] == numbers
    assert [down for _, down in links] == [None, *numbers[:-1]]
    assert migrate.head() == numbers[-1]


def _link(file: Path) -> tuple[object, object]:
    found = {
        target.id: ast.literal_eval(node.value)
        for node in ast.parse(file.read_text()).body
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    return found["revision"], found["down_revision"]
