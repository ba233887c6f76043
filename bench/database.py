"""What cnt_grpc.kit.db costs over bare asyncpg: `python -m bench.database [DSN]`, on a scratch database.

Alternates between the two in one run and compares medians, so that whatever else the machine does hits both alike.
"""

import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import asyncpg
import uvloop
from sqlalchemy import (
    BigInteger,
    Column,
    DateTime,
    Executable,
    Integer,
    MetaData,
    Table,
    Text,
    bindparam,
    select,
    update,
)

from cnt_grpc.dev.postgres import Postgres
from cnt_grpc.kit.db import Database, statement

ROUNDS = 7
CALLS = 1500

Call = Callable[[], Awaitable[object]]

items = Table(
    "bench_items",
    MetaData(),
    Column("id", BigInteger, primary_key=True),
    Column("name", Text),
    Column("at", DateTime(timezone=True)),
    Column("number", Integer),
)
READ = "SELECT id, name, at, number FROM bench_items WHERE id = $1"
WRITE = "UPDATE bench_items SET number = number + 1 WHERE id = $1 RETURNING number"


@statement
def by_id() -> Executable:
    """READ, as the rooms write it."""
    return select(items).where(items.c.id == bindparam("item"))


@statement
def bump() -> Executable:
    """WRITE, as the rooms write it."""
    return (
        update(items).where(items.c.id == bindparam("item")).values(number=items.c.number + 1).returning(items.c.number)
    )


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


async def _measure(call: Call) -> tuple[float, float]:
    """Microseconds of wall time and of this process's CPU time a call."""
    wall, cpu = time.perf_counter(), _cpu()
    for _ in range(CALLS):
        await call()
    return (time.perf_counter() - wall) / CALLS * 1e6, (_cpu() - cpu) / CALLS * 1e6


async def _compare(name: str, base: Call, ours: Call) -> None:
    rounds = [(await _measure(base), await _measure(ours)) for _ in range(ROUNDS + 1)][1:]
    (base_wall, base_cpu), (our_wall, our_cpu) = (
        [statistics.median(one[which][unit] for one in rounds) for unit in (0, 1)] for which in (0, 1)
    )
    print(
        f"{name:34} {base_wall:7.1f} µs ({base_cpu:5.1f} CPU) → {our_wall:6.1f} ({our_cpu:5.1f})"
        f"   rate {base_wall / our_wall:.2f}   CPU {base_cpu / our_cpu:.2f}"
    )


async def _run(dsn: str) -> None:
    connection = await asyncpg.connect(dsn, server_settings={"jit": "off"})
    pool = await asyncpg.create_pool(dsn, min_size=5, max_size=10, server_settings={"jit": "off"})
    db = await Database.open(dsn)
    await connection.execute(
        "DROP TABLE IF EXISTS bench_items;"
        "CREATE TABLE bench_items"
        " (id bigint PRIMARY KEY, name text, at timestamptz DEFAULT now(), number int DEFAULT 0);"
        "INSERT INTO bench_items (id, name) SELECT n, 'name ' || n FROM generate_series(1, 10000) n"
    )

    async def bare_read() -> object:
        return await connection.fetchrow(READ, 77)

    async def pooled_read() -> object:
        async with pool.acquire() as one:
            return await one.fetchrow(READ, 77)

    async def our_read() -> object:
        async with db.reading() as tx:
            return await tx.one(by_id(), item=77)

    async def bare_write() -> object:
        async with connection.transaction():
            return await connection.fetchrow(WRITE, 77)

    async def pooled_write() -> object:
        async with pool.acquire() as one, one.transaction():
            return await one.fetchrow(WRITE, 77)

    async def our_write() -> object:
        async with db.transaction() as tx:
            return await tx.one(bump(), item=77)

    await _compare("read, over a bare connection", bare_read, our_read)
    await _compare("read, over asyncpg's pool", pooled_read, our_read)
    await _compare("write, over a bare connection", bare_write, our_write)
    await _compare("write, over asyncpg's pool", pooled_write, our_write)
    await connection.execute("DROP TABLE bench_items")
    await db.close()
    await pool.close()
    await connection.close()


def main() -> None:
    """Measure on the database that is named, or on an embedded one."""
    if len(sys.argv) > 1:
        uvloop.run(_run(sys.argv[1]))
        return
    with tempfile.TemporaryDirectory() as folder:
        server = Postgres(Path(folder) / "postgres", durable=False)
        server.start()
        try:
            uvloop.run(_run(server.dsn("postgres")))
        finally:
            server.stop()


if __name__ == "__main__":
    main()
