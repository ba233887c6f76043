"""The servers behind the edge: spread evenly, left out when they die or say so, and the edge's own going."""

import asyncio
import os
import signal
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import replace

import pytest

from cnt_grpc.edge import EdgeConfig
from tests.edge.edges import Edge, edge, peer

SEE = "/api/v1/edge/things/ann"


async def answered_by(front: Edge, calls: int) -> Counter[int]:
    """Ports of the processes that answered; every call must be answered."""
    counted: Counter[int] = Counter()
    for _ in range(calls):
        counted[(await front.ask("GET", SEE)).json["port"]] += 1
    return counted


async def test_calls_are_spread_evenly(config: EdgeConfig) -> None:
    with peer() as one, peer() as two:
        async with edge(replace(config, grpc=(one.grpc, two.grpc))) as front:
            counted = await answered_by(front, 100)
    assert counted.keys() == {one.grpc.port, two.grpc.port}
    assert abs(counted[one.grpc.port] - 50) <= 10


async def test_a_killed_server_costs_no_call_that_had_not_reached_it(config: EdgeConfig) -> None:
    with peer() as one, peer() as two:
        async with edge(replace(config, grpc=(one.grpc, two.grpc))) as front:
            await answered_by(front, 10)
            one.kill()
            assert (await answered_by(front, 50)).keys() == {two.grpc.port}
            with peer(one.grpc.port) as again:
                await until(front, lambda counted: counted[again.grpc.port] > 0, seconds=5)


async def test_a_server_that_says_so_gets_no_new_calls(config: EdgeConfig) -> None:
    with peer() as one, peer() as two:
        async with edge(replace(config, grpc=(one.grpc, two.grpc))) as front:
            await answered_by(front, 10)
            os.kill(one.process.pid, signal.SIGUSR1)
            await until(front, lambda counted: one.grpc.port not in counted, seconds=6)
            # Nor when all say so: then the edge answers, at once.
            os.kill(two.process.pid, signal.SIGUSR1)
            deadline = time.monotonic() + 6
            while (answer := await front.ask("GET", SEE)).status == 200:
                assert time.monotonic() < deadline
                await asyncio.sleep(0.1)
            assert (answer.status, answer.reason) == (503, "SERVER_UNAVAILABLE")


async def test_an_edge_that_starts_first_serves_when_the_server_is_there(config: EdgeConfig) -> None:
    with peer() as gone:
        pass
    async with edge(replace(config, grpc=(gone.grpc,))) as front:
        assert (await front.ask("GET", SEE)).status == 503
        with peer(gone.grpc.port):
            deadline = time.monotonic() + 5
            while (await front.ask("GET", SEE)).status != 200:
                assert time.monotonic() < deadline
                await asyncio.sleep(0.05)


async def test_many_refusals_of_a_server_do_not_take_it_out(front: Edge) -> None:
    """UNAVAILABLE is what a healthy server says while its database is down."""
    for _ in range(30):
        answer = await front.ask("GET", "/api/v1/edge/fail/14")
        assert (answer.status, answer.reason) == (503, "PROBE_FAILED")
    assert (await front.ask("GET", SEE)).status == 200


async def test_draining_is_told_to_load_balancers_and_ends_no_stream(config: EdgeConfig) -> None:
    async with edge(config) as front:
        url = f"{front.url}/api/v1/edge/watch/drained?count=2"
        async with asyncio.timeout(10), front.http.get(url) as stream:
            assert await stream.content.readline()
            await front.admin("/healthcheck/fail", "POST")
            answer = await front.ask("GET", "/readyz")
            assert (answer.status, answer.reason) == (503, "SERVER_UNAVAILABLE")
            assert (await front.ask("GET", SEE)).status == 200
            await front.admin("/drain_listeners?graceful", "POST")
            answer = await front.ask("POST", "/api/v1/edge/watch/drained:release")
            assert answer.status == 200
            assert await stream.content.readline() == b'{"number":2}\n'


@pytest.mark.parametrize("path", ["/config_dump", "/quitquitquit", "/", "/certs", "/runtime", "/memory"])
async def test_the_admin_door_opens_to_little(front: Edge, path: str) -> None:
    assert "not allowed" in (await front.admin(path, "POST")).lower()


async def until(front: Edge, check: Callable[[Counter[int]], bool], seconds: float) -> None:
    """Returns when ten calls are answered as `check` wants it."""
    deadline = time.monotonic() + seconds
    while not check(await answered_by(front, 10)):
        assert time.monotonic() < deadline
        await asyncio.sleep(0.05)
