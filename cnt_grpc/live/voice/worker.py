"""The voice agent's process: registered with LiveKit, it holds conversations, each in a process of its own."""

import asyncio
import math
import uuid
from dataclasses import dataclass, field
from functools import partial
from typing import Final

import aiohttp
import structlog
from livekit.agents import AgentServer, JobExecutorType

from cnt_grpc.kit.db import Database
from cnt_grpc.kit.errors import Unavailable
from cnt_grpc.live.rules import voice as rules
from cnt_grpc.live.voice.conversation import Means, converse

_log = structlog.get_logger("cnt.voice")

MOST: Final = 10
"""Conversations that one worker holds; LiveKit gives further ones to others."""
_FOREVER: Final = 1_000_000
"""Tries to reach LiveKit, at most ten seconds apart: it may be away for longer than we want to be restarted for."""


@dataclass(frozen=True, slots=True)
class Access:
    """LiveKit's door."""

    url: str
    key: str
    secret: str = field(repr=False)


class Worker(AgentServer):
    """LiveKit's worker, which also knows whether it is registered now: theirs tells only when it begins to be."""

    is_registered = False

    async def _run_ws(self, ws: aiohttp.ClientWebSocketResponse) -> None:
        self.is_registered = True
        try:
            await super()._run_ws(ws)
        finally:
            self.is_registered = False


async def work(access: Access, means: Means, db: Database, stop: asyncio.Event) -> None:
    """Hold conversations until `stop`; then those that run are ended."""
    worker = Worker(
        job_executor_type=JobExecutorType.PROCESS,
        load_fnc=_load,
        load_threshold=1.0,
        num_idle_processes=1,
        max_retry=_FOREVER,
        ws_url=access.url,
        api_key=access.key,
        api_secret=access.secret,
        host="127.0.0.1",
        port=0,
    )
    worker.rtc_session(partial(converse, means), agent_name=rules.AGENT)
    running = asyncio.create_task(worker.run())
    telling = asyncio.create_task(_tell(worker, db))
    stopping = asyncio.create_task(stop.wait())
    try:
        await asyncio.wait({running, telling, stopping}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        await worker.aclose()
        for task in (telling, stopping):
            task.cancel()
        outcome = await asyncio.gather(running, telling, stopping, return_exceptions=True)
    for failed in outcome:
        if isinstance(failed, Exception):
            raise failed


async def _tell(worker: Worker, db: Database) -> None:
    """Keep this worker's row as true as its registration."""
    worker_id = str(uuid.uuid4())
    try:
        while True:
            say = rules.say_here if worker.is_registered else rules.say_gone
            try:
                await db.transact(partial(say, worker_id=worker_id))
            except Unavailable as error:
                _log.warning("the database is away", error=error.message)
            await asyncio.sleep(rules.HEARTBEAT.total_seconds() if worker.is_registered else 0.5)
    finally:
        await db.transact(partial(rules.say_gone, worker_id=worker_id))


def _load(server: AgentServer) -> float:
    """How full this worker is; the machine's load is no measure, for conversations wait most of the time."""
    return min(len(server.active_jobs) / MOST, math.nextafter(1, 2))
