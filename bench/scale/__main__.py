"""Measure: `python -m bench.scale` compares a large platform with one of a hundredth; `--items` says how large."""

import argparse
import asyncio
import statistics
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager

from bench import system
from bench.processes import cpu_seconds
from bench.scale.asked import Hot
from bench.scale.data import BASE, FULL, Size, fill
from bench.scale.hot import questions
from bench.scale.plans import plan_of
from cnt_grpc import migrate
from cnt_grpc.dev.postgres import Postgres
from cnt_grpc.kit.db import Database, Tx

MOST = 3.0
"""How many times as long a promised question may take on the large platform."""
ROUNDS = 200
WARM_UP = 20


@asynccontextmanager
async def platform(size: Size) -> AsyncIterator[tuple[Database, list[Hot]]]:
    """A platform of this size, and what is asked of it; gone when the block ends."""
    with system.folder() as folder:
        async with Postgres(folder / "postgres", durable=False) as postgres:
            await postgres.ensure_database("scale")
            dsn = postgres.dsn("scale")
            await migrate.upgrade(dsn)
            started = time.monotonic()
            await fill(dsn, size)
            print(f"{size.items:,} items filled in {time.monotonic() - started:.0f} s", flush=True)
            db = await Database.open(dsn, statement_seconds=300)
            yield db, await questions(dsn, size)
            await db.close()


class Asked:
    """One question to one platform, again and again on a connection of its own."""

    def __init__(self, tx: Tx, pid: int, hot: Hot) -> None:
        self._tx = tx
        self._pid = pid
        self._hot = hot
        self._took: list[float] = []

    async def ask(self) -> None:
        """Once more."""
        if self._hot.changes:
            await self._tx.raw("SAVEPOINT asked")
        before = cpu_seconds(self._pid)
        await self._tx.all(self._hot.statement, **self._hot.values)
        self._took.append(cpu_seconds(self._pid) - before)
        if self._hot.changes:
            await self._tx.raw("ROLLBACK TO SAVEPOINT asked")

    @property
    def milliseconds(self) -> float:
        """Processor time that Postgres takes for an answer: the clock on the wall would measure whatever else runs."""
        return statistics.median(self._took[WARM_UP:]) * 1000


async def milliseconds(*asked: tuple[Database, Hot]) -> list[float]:
    """What each of these takes, asked in turns: caches that others use up cost them alike."""
    async with AsyncExitStack() as stack:
        every: list[Asked] = []
        for db, hot in asked:
            tx = await stack.enter_async_context(db.transaction())
            ((pid,),) = await tx.raw("SELECT pg_backend_pid()")
            every.append(Asked(tx, pid, hot))
        for _ in range(WARM_UP + ROUNDS):
            for each in every:
                await each.ask()
        return [each.milliseconds for each in every]


async def measure(base: Size, size: Size) -> bool:
    """Compare both, and print what was found; whether every promise is kept."""
    well = True
    async with platform(base) as (small, small_hots), platform(size) as (large, hots):
        print(f"{'':24} {base.items:>12,} {size.items:>12,}  ratio  pages")
        first = hots[0]
        for asked, hot in zip(small_hots, hots, strict=True):
            (before, after), plan = await milliseconds((small, asked), (large, hot)), await plan_of(large, hot)
            ratio = after / before
            kept = not plan.scanned and (ratio <= MOST or not hot.promised)
            verdict = f"at most {MOST:.0f}" if hot.promised else ""
            if hot.deep:
                page, deep = await milliseconds((large, first), (large, hot))
                kept &= deep <= MOST * page
                verdict = f"{deep / page:.1f} times the {first.name}, at most {MOST:.0f}"
            if not kept:
                verdict += f" BROKEN {', '.join(sorted(plan.scanned))}"
            well &= kept
            line = f"{hot.name:24} {before:9.2f} ms {after:9.2f} ms  {ratio:5.1f} {plan.pages:6}  {verdict}"
            print(line.rstrip(), flush=True)
    return well


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print; 1 when a promise is broken."""
    parser = argparse.ArgumentParser(prog="python -m bench.scale", description="Measure a platform as it grows.")
    parser.add_argument("--items", type=int, default=FULL.items, help=f"of the large one ({FULL.items})")
    parser.add_argument("--base", type=int, default=BASE.items, help=f"of the small one ({BASE.items})")
    options = parser.parse_args(arguments)
    return 0 if asyncio.run(measure(Size(options.base), Size(options.items))) else 1


if __name__ == "__main__":
    raise SystemExit(main())
