"""How Postgres answers a question: what it reads, and how much of it."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from bench.scale.data import TABLES
from bench.scale.hot import Hot
from cnt_grpc.kit.db import Database

ROWS = 10_000
"""From so many rows on a table is large; a smaller one is read faster than looked up."""
_LARGE = "SELECT relname FROM pg_class WHERE relname = ANY($1) AND reltuples >= $2"


@dataclass(frozen=True, slots=True)
class Plan:
    """What was done for one answer."""

    pages: int
    """Of 8 KB, looked at in tables and indexes."""
    scanned: frozenset[str]
    """Large tables that were read from their first row to their last."""
    text: str
    """The plan itself, for a test that fails."""


async def plan_of(db: Database, hot: Hot) -> Plan:
    """Answer the question, and look how."""
    async with db.transaction() as tx:
        # As for a statement that was asked often: a plan that does not know the values.
        await tx.raw("SET LOCAL plan_cache_mode = force_generic_plan")
        ((answer,),) = await tx.raw(
            f"EXPLAIN (ANALYZE, BUFFERS, TIMING OFF, FORMAT JSON) {hot.statement.sql}", *hot.arguments
        )
        large = {row["relname"] for row in await tx.raw(_LARGE, list(TABLES), ROWS)}
    plan: Mapping[str, Any] = answer[0]["Plan"]
    pages = int(plan["Shared Hit Blocks"]) + int(plan["Shared Read Blocks"])
    scanned = {
        node["Relation Name"]
        for node in _nodes(plan)
        if node["Node Type"] == "Seq Scan" and node["Relation Name"] in large and node["Actual Loops"]
    }
    return Plan(pages, frozenset(scanned), json.dumps(plan, indent=1))


def _nodes(plan: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    yield plan
    for part in plan.get("Plans", ()):
        yield from _nodes(part)
