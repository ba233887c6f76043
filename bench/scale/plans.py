"""How Postgres answers a question: what it reads, and how much of it."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bench.scale.asked import Hot
from bench.scale.data import TABLES
from cnt_grpc.kit.db import Database

ROWS = 10_000
"""From so many rows on a table is large; a smaller one is read faster than looked up."""
_LARGE = "SELECT relname FROM pg_class WHERE relname = ANY($1) AND reltuples >= $2"


@dataclass(frozen=True, slots=True)
class Plan:
    """What was done for one answer."""

    rows: int
    """That the answer has."""
    most: int
    """Rows that the busiest part of the answer came by."""
    pages: int
    """Of 8 KB, looked at in tables and indexes."""
    scanned: frozenset[str]
    """Large tables that were read from their first row to their last."""
    text: str
    """The plan itself, for a test that fails."""


async def plan_of(db: Database, hot: Hot) -> Plan:
    """Answer the question, and look how."""
    asked = f"({', '.join(map(_literal, hot.arguments))})" if hot.arguments else ""
    async with db.transaction() as tx:
        # As for a statement that was asked often: a plan that does not know the values. EXPLAIN of the statement itself
        # would look at them, whatever the mode.
        await tx.raw("SET LOCAL plan_cache_mode = force_generic_plan")
        await tx.raw(f"PREPARE asked AS {hot.statement.sql}")
        await tx.raw("SAVEPOINT asked")
        ((answer,),) = await tx.raw(f"EXPLAIN (ANALYZE, BUFFERS, TIMING OFF, FORMAT JSON) EXECUTE asked{asked}")
        await tx.raw("ROLLBACK TO SAVEPOINT asked")
        await tx.raw("DEALLOCATE asked")
        large = {row["relname"] for row in await tx.raw(_LARGE, list(TABLES), ROWS)}
    plan: Mapping[str, Any] = answer[0]["Plan"]
    # A change beside the answer (WITH … UPDATE) may be made after it, and is not in its sum.
    beside = [node for node in plan.get("Plans", ()) if node["Node Type"] == "ModifyTable"]
    pages = sum(node["Shared Hit Blocks"] + node["Shared Read Blocks"] for node in (plan, *beside))
    most = max(round(node["Actual Rows"] * node["Actual Loops"]) for node in _nodes(plan))
    scanned = {
        node["Relation Name"]
        for node in _nodes(plan)
        if node["Node Type"] == "Seq Scan" and node["Relation Name"] in large and node["Actual Loops"]
    }
    return Plan(plan["Actual Rows"], most, pages, frozenset(scanned), json.dumps(plan, indent=1))


def _nodes(plan: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    yield plan
    for part in plan.get("Plans", ()):
        yield from _nodes(part)


def _literal(value: object) -> str:
    """A value of ours as SQL."""
    match value:
        case None | int():
            return "NULL" if value is None else str(value)
        case bytes():
            return f"'\\x{value.hex()}'"
        case datetime():
            return f"'{value.isoformat()}'"
        case list():
            return f"'{{{', '.join(map(str, value))}}}'"
        case _:
            return f"""'{str(value).replace("'", "''")}'"""
