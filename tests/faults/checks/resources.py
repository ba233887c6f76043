"""Resources: every connection is idle and clean, no lock is held, no stream is open, no program was left running."""

import asyncio
import time
from pathlib import Path

from tests.faults.whole import POOL, Whole

SECONDS = 15.0
"""How soon it is so after the last call."""

_SESSIONS = """
SELECT pid, application_name, state, left(query, 100) AS query FROM pg_stat_activity
WHERE datname = current_database() AND backend_type = 'client backend' AND pid <> pg_backend_pid()
"""
_LOCKS = """
SELECT count(*) FROM pg_locks l JOIN pg_stat_activity a USING (pid)
WHERE a.datname = current_database() AND l.pid <> pg_backend_pid() AND a.backend_type = 'client backend'
"""


async def check(whole: Whole) -> None:
    """Wait until the system is at rest."""
    deadline = time.monotonic() + SECONDS
    while wrong := [*await _database(whole), *await _servers(whole), *await asyncio.to_thread(_programs, whole)]:
        assert time.monotonic() < deadline, "; ".join(wrong)
        await asyncio.sleep(0.2)


async def _database(whole: Whole) -> list[str]:
    async with whole.system.db.transaction() as tx:
        sessions = await tx.raw(_SESSIONS)
        locks = (await tx.raw(_LOCKS))[0]["count"]
    # What the clock starts may run a statement just now; nothing may stand in a transaction.
    wrong = [f"session {dict(row)}" for row in sessions if row["state"] not in ("idle", "active", None)]
    return [*wrong, f"{locks} locks"] if locks else wrong


async def _servers(whole: Whole) -> list[str]:
    wrong = []
    for server in whole.servers:
        seen = await server.metrics()
        for pool in ("write", "read"):
            used = seen[f'cnt_database_connections{{pool="{pool}",state="used"}}']
            idle = seen[f'cnt_database_connections{{pool="{pool}",state="idle"}}']
            waiting = seen[f'cnt_database_waiting{{pool="{pool}"}}']
            if used or waiting or idle > POOL:
                wrong.append(f"{server.name}: {pool} pool used {used:.0f}, idle {idle:.0f}, waiting {waiting:.0f}")
        if seen["cnt_streams_open"]:
            wrong.append(f"{server.name}: {seen['cnt_streams_open']:.0f} streams open")
        calls = {name: value for name, value in seen.items() if name.startswith("cnt_calls_open") and value}
        if calls:
            wrong.append(f"{server.name}: calls open {calls}")
    return wrong


def _programs(whole: Whole) -> list[str]:
    """Programs that ours started (ffmpeg, examiners) and that outlived their work; found by what they inherited."""
    mine = {program.pid for program in whole.programs}
    mark = f"CNT_STATE_DIR={whole.folder}".encode()
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if int(process.name) in mine or mark not in (process / "environ").read_bytes().split(b"\0"):
                continue
            found.append((process / "cmdline").read_bytes().replace(b"\0", b" ").decode()[:200])
        except OSError:
            continue
    return [f"left running: {command}" for command in found]
