"""Statements that travel with BEGIN and COMMIT: they count like all others, fail like all others, and hold no text."""

from datetime import UTC, datetime
from uuid import UUID

import asyncpg
import pytest

from cnt_grpc.kit.db import Database
from cnt_grpc.kit.db.literals import literal
from cnt_grpc.kit.errors import Unavailable
from tests.harness.database import Cluster
from tests.kit import things

ADD = "INSERT INTO things (name) VALUES"


@pytest.fixture
async def db(cluster: Cluster) -> Database:
    db = Database(await cluster.clone(), writers=2, readers=2, wait=2)
    await things.create(db)
    return db


async def names(db: Database) -> list[str]:
    async with db.transaction() as tx:
        return [row["name"] for row in await tx.raw("SELECT name FROM things ORDER BY name")]


async def test_first_and_last_statements_are_part_of_the_transaction(db: Database) -> None:
    before = await names(db)
    async with db.transaction() as tx:
        assert await tx.begin_with(f"{ADD} ({literal('first')})") == "INSERT 0 1"
        tx.at_commit(f"{ADD} ({literal('last')})")
        assert tx.statements == 2
    async with db.transaction() as tx:
        tx.at_commit(f"{ADD} ({literal('only')})")
    assert sorted(set(await names(db)) - set(before)) == ["first", "last", "only"]
    assert db.write_pool.idle == db.write_pool.total
    await db.close()


async def test_they_go_with_what_goes(db: Database) -> None:
    before = await names(db)
    with pytest.raises(ZeroDivisionError):
        async with db.transaction() as tx:
            await tx.begin_with(f"{ADD} ({literal('first')})")
            tx.at_commit(f"{ADD} ({literal('last')})")
            raise ZeroDivisionError
    with pytest.raises(asyncpg.PostgresError):
        async with db.transaction() as tx:
            await tx.begin_with(f"{ADD} ({literal('first')})")
            tx.at_commit("SELECT 1 / 0")
    with pytest.raises(asyncpg.PostgresError):
        async with db.transaction() as tx:
            await tx.begin_with("SELECT 1 / 0")
    assert await names(db) == before
    with pytest.raises(RuntimeError, match="has begun"):
        async with db.transaction() as tx:
            await tx.begin_with("SELECT 1")
            await tx.begin_with("SELECT 1")
    await db.close()


async def test_without_a_database_they_are_unavailable() -> None:
    nobody = Database("postgresql://127.0.0.1:1/nothing", wait=0.2)
    with pytest.raises(Unavailable):
        async with nobody.transaction() as tx:
            await tx.begin_with("SELECT 1")
    with pytest.raises(Unavailable):
        async with nobody.transaction() as tx:
            tx.at_commit("SELECT 1")


def test_values_as_text() -> None:
    at = datetime(2026, 11, 20, 18, 0, tzinfo=UTC)
    values = (None, b"\x00'", UUID(int=1), at, "cnt.auth.v1.UserService/UpdateMe", "inbox 1 2", "inbox *")
    assert [literal(value) for value in values] == [
        "NULL",
        "'\\x0027'",
        "'00000000-0000-0000-0000-000000000001'",
        "'2026-11-20T18:00:00+00:00'",
        "'cnt.auth.v1.UserService/UpdateMe'",
        "'inbox 1 2'",
        "'inbox *'",
    ]
    for text in ("'", "a'b", "\\", "é", "a;b", "a\nb", "\0", "$$"):
        with pytest.raises(ValueError, match="names and numbers"):
            literal(text)
