"""Measure: `python -m bench.scale` compares a large platform with one of a hundredth; `--items` says how large."""

import argparse
import asyncio
import statistics
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from bench import system
from bench.processes import cpu_seconds
from bench.scale.data import BASE, FULL, Size, fill
from bench.scale.hot import Hot, questions
from bench.scale.plans import plan_of
from cnt_grpc import migrate
from cnt_grpc.dev.postgres import Postgres
from cnt_grpc.kit.db import Database

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


async def milliseconds(db: Database, hot: Hot) -> float:
    """Processor time that Postgres takes for an answer: the clock on the wall would measure whatever else runs."""
    async with db.transaction() as tx:
        ((pid,),) = await tx.raw("SELECT pg_backend_pid()")
        for _ in range(WARM_UP):
            await tx.all(hot.statement, **hot.values)
        took: list[float] = []
        for _ in range(ROUNDS):
            before = cpu_seconds(pid)
            await tx.all(hot.statement, **hot.values)
            took.append(cpu_seconds(pid) - before)
    return statistics.median(took) * 1000


async def measure(base: Size, size: Size) -> bool:
    """Compare both, and print what was found; whether every promise is kept."""
    small: dict[str, float] = {}
    async with platform(base) as (db, hots):
        for hot in hots:
            small[hot.name] = await milliseconds(db, hot)
    well = True
    print(f"{'':24} {base.items:>12,} {size.items:>12,}  ratio  pages")
    async with platform(size) as (db, hots):
        for hot in hots:
            large, plan = await milliseconds(db, hot), await plan_of(db, hot)
            ratio = large / small[hot.name]
            kept = not plan.scanned and (ratio <= MOST or not hot.promised)
            well &= kept
            verdict = f"at most {MOST:.0f}" if hot.promised else ""
            if not kept:
                verdict += f" BROKEN {', '.join(sorted(plan.scanned))}"
            line = f"{hot.name:24} {small[hot.name]:9.2f} ms {large:9.2f} ms  {ratio:5.1f} {plan.pages:6}  {verdict}"
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
