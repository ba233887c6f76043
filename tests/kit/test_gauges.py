"""What an operator reads at /metrics of connections, streams and jobs."""

import asyncio
from datetime import timedelta

import aiohttp
import pytest
from prometheus_client.registry import CollectorRegistry

from cnt_grpc.kit import gauges
from cnt_grpc.kit.db import Database
from cnt_grpc.kit.gauges import Gauges
from cnt_grpc.kit.rpc.identity import Identity
from cnt_grpc.kit.rpc.streams import OpenStreams
from tests.harness.database import Cluster
from tests.harness.running import Running
from tests.kit.probe import Sessions
from tests.kit.work import NOTE, connected, enqueue


def value(of: Gauges, name: str, **labels: str) -> float | None:
    registry = CollectorRegistry()
    registry.register(of)
    return registry.get_sample_value(name, labels)


async def test_connections_by_pool_and_state(scratch: Database) -> None:
    shown = Gauges(scratch, OpenStreams(Identity(Sessions())))
    await scratch.ping()
    idle = value(shown, "cnt_database_connections", pool="read", state="idle")
    assert idle is not None
    assert idle >= 1
    async with scratch.transaction() as tx:
        await tx.raw("SELECT 1")
        assert value(shown, "cnt_database_connections", pool="write", state="used") == 1
    assert value(shown, "cnt_database_connections", pool="write", state="used") == 0
    assert value(shown, "cnt_database_waiting", pool="write") == 0


async def test_how_late_jobs_are(cluster: Cluster, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gauges, "JOBS_SECONDS", 0.05)
    async with connected(await cluster.clone()) as db:
        shown = Gauges(db, OpenStreams(Identity(Sessions())))
        shown.start()
        try:
            await until(shown, "cnt_jobs", 0, state="due")
            assert value(shown, "cnt_jobs_lag_seconds") == 0
            await enqueue(db, NOTE, "due")
            await enqueue(db, NOTE, "later", delay=timedelta(hours=1))
            await until(shown, "cnt_jobs", 1, state="due")
            assert value(shown, "cnt_jobs", state="running") == 0
            await asyncio.sleep(0.2)
            lag = value(shown, "cnt_jobs_lag_seconds")
            assert lag is not None
            assert 0 < lag < 60
        finally:
            shown.stop()


async def until(shown: Gauges, name: str, number: float, **labels: str) -> None:
    async with asyncio.timeout(30):
        while value(shown, name, **labels) != number:
            await asyncio.sleep(0.02)


async def test_a_server_shows_them(running: Running) -> None:
    async with aiohttp.ClientSession() as http, http.get(f"{running.side_url}/metrics") as reply:
        text = await reply.text()
    for name in ("cnt_database_connections", "cnt_database_waiting", "cnt_streams_open", "cnt_listening", "cnt_jobs"):
        assert f"# TYPE {name} gauge" in text
    assert "cnt_listening 1.0" in text
