"""A thousand calls that are begun and never sent: they end, nobody waits for them, and what they took comes back."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from tests.edge import raw
from tests.edge.edges import Edge
from tests.faults import checks
from tests.faults.sizes import say, size
from tests.faults.whole import Whole
from tests.harness.api import Api
from tests.harness.world import Person

CALLS = size(1000)
A_CONNECTION = 100
"""Streams that Envoy lets one connection have."""

UNARY_SECONDS = 15.0
EDGE_SECONDS = 2.0
"""What the edge adds, so that the server's own answer would win."""

PATIENCE = 10.0
"""Seconds more that a busy machine may take for it."""

SLOWEST = 1.0
"""Seconds that an honest call may take meanwhile; it takes milliseconds."""

MOST_GROWTH = 30_000_000
METHODS = ("cnt.auth.v1.UserService/UpdateMe", "cnt.media.v1.MediaService/UploadAudio")


@asynccontextmanager
async def half_open(front: Edge, who: Person, number: int) -> AsyncIterator[list[raw.Wire]]:
    """So many calls with headers and no body, on as few connections as the edge lets them."""
    async with contextlib.AsyncExitStack() as stack:
        wires = []
        for start in range(0, number, A_CONNECTION):
            wire = await stack.enter_async_context(raw.connection(front))
            wires.append(wire)
            wire.writer.write(raw.PREFACE + raw.frame(raw.SETTINGS, 0, 0))
            for index in range(min(A_CONNECTION, number - start)):
                words = [("content-type", "application/grpc"), ("authorization", f"Bearer {who.token}")]
                path = f"/{METHODS[index % len(METHODS)]}"
                block = raw.block(raw.get(path, *words, verb="POST"))
                wire.writer.write(raw.frame(raw.HEADERS, raw.END_HEADERS, 2 * index + 1, block))
            await wire.writer.drain()
        yield wires


async def honest(api: Api, seconds: float) -> list[float]:
    """How long calls take for as long as this."""
    took = []
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        began = time.monotonic()
        await api.user.GetMe()
        took.append(time.monotonic() - began)
        await asyncio.sleep(0.02)
    return took


@pytest.mark.timeout(300)
async def test_half_open_calls_hurt_nobody(at_risk: Whole) -> None:
    """Unary calls and uploads, through the only door there is."""
    assert at_risk.edge is not None
    attacker, ann = await at_risk.world.users(2)
    api = Api(at_risk.edge.channel).as_(ann)
    await honest(api, 0.5)
    before = [(await server.metrics())["process_resident_memory_bytes"] for server in at_risk.servers]
    began = time.monotonic()
    async with half_open(at_risk.edge, attacker, CALLS) as wires:
        took = await honest(api, 3)
        say(f"{CALLS} half-open calls; others took {max(took):.3f} s at most")
        assert max(took) < SLOWEST
        # Every other call is unary: each of those has ended when its time is up.
        unary = min(CALLS, A_CONNECTION) // 2
        ended = await asyncio.gather(*(_ended(wire, unary) for wire in wires))
        assert sum(ended) >= CALLS // 2, f"{sum(ended)} of {CALLS} ended after {time.monotonic() - began:.0f} s"
    await checks.all_hold(at_risk)
    after = [(await server.metrics())["process_resident_memory_bytes"] for server in at_risk.servers]
    assert max(now - then for now, then in zip(after, before, strict=True)) < MOST_GROWTH


async def _ended(wire: raw.Wire, wanted: int) -> int:
    """How many calls of a connection were answered when their time was up; it waits no longer than for so many."""
    ended: set[int] = set()
    async with contextlib.aclosing(wire.frames(UNARY_SECONDS + EDGE_SECONDS + PATIENCE)) as frames:
        async for kind, flags, stream, _ in frames:
            if kind == raw.RST_STREAM or (kind in (raw.HEADERS, raw.DATA) and flags & raw.END_STREAM):
                ended.add(stream)
            if len(ended) >= wanted:
                break
    return len(ended)
