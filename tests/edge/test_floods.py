"""What only an attacker sends: halves of requests, floods of frames, two meanings in one. Others are not hurt."""

import asyncio
import time
from collections.abc import AsyncIterator

import pytest

from cnt_grpc.edge import EdgeConfig, render
from tests.edge import edges
from tests.edge.edges import Edge, edge
from tests.edge.raw import (
    CANCEL,
    CONTINUATION,
    END_HEADERS,
    END_STREAM,
    GOAWAY,
    HEADERS,
    PING,
    PREFACE,
    RST_STREAM,
    SETTINGS,
    block,
    connection,
    exchange,
    frame,
    get,
)

SEE = "/api/v1/edge/things/ann"


@pytest.fixture(scope="module")
async def hasty(config: EdgeConfig) -> AsyncIterator[Edge]:
    """An edge that waits one second for headers, where the real one waits ten."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(edges, "render", _hasty)
        async with edge(config) as made:
            yield made


def _hasty(config: EdgeConfig) -> str:
    text = render(config)
    assert "request_headers_timeout: 10s" in text
    return text.replace("request_headers_timeout: 10s", "request_headers_timeout: 1s")


async def others_are_answered(front: Edge) -> None:
    """A caller who has done nothing wrong waits for nobody."""
    began = time.monotonic()
    assert (await front.ask("GET", SEE)).status == 200
    assert time.monotonic() - began < 2


async def test_half_a_request_is_not_waited_for(hasty: Edge) -> None:
    """Headers that come a byte at a time, or not at all."""

    async def half(sent: bytes) -> tuple[bytes, float]:
        began = time.monotonic()
        async with connection(hasty) as wire:
            wire.writer.write(sent)
            return await wire.rest(8), time.monotonic() - began

    halves = await asyncio.gather(*(half(b"GET /health HTTP/1.1\r\nhost: x\r\nx-slow: ") for _ in range(50)))
    for answer, took in halves:
        assert b" 408 " in answer, answer
        assert took < 5
    await others_are_answered(hasty)


async def test_many_half_open_calls_hurt_nobody(front: Edge) -> None:
    """Calls whose bodies never come, and connections that say nothing."""
    async with asyncio.TaskGroup() as group:
        stop = asyncio.Event()

        async def hang(sent: bytes) -> None:
            async with connection(front) as wire:
                wire.writer.write(sent)
                await stop.wait()

        post = f"PATCH {SEE} HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\n{{".encode()
        for sent in [post] * 200 + [b""] * 200:
            group.create_task(hang(sent))
        await asyncio.sleep(0.5)
        for _ in range(20):
            await others_are_answered(front)
        stop.set()


async def test_one_connection_gets_a_hundred_streams(front: Edge) -> None:
    """What is above is refused, and the rest goes on."""
    async with connection(front) as wire:
        wire.writer.write(PREFACE + frame(SETTINGS, 0, 0))
        body = block(get("/cnt.testing.v1.EdgeService/Follow", ("content-type", "application/grpc"), verb="POST"))
        for number in range(150):
            wire.writer.write(frame(HEADERS, END_HEADERS, 2 * number + 1, body))
        refused = {number async for kind, _, number, _ in wire.frames(2) if kind in (RST_STREAM, GOAWAY)}
    assert refused, "all of 150 streams were taken"
    await others_are_answered(front)


async def test_streams_opened_and_reset_end_the_connection(front: Edge) -> None:
    """HTTP/2's rapid reset: each costs its sender nothing."""
    async with connection(front) as wire:
        wire.writer.write(PREFACE + frame(SETTINGS, 0, 0))
        body = block(get(SEE))
        reset = CANCEL.to_bytes(4, "big")
        for number in range(3000):
            stream = 2 * number + 1
            wire.writer.write(frame(HEADERS, END_HEADERS | END_STREAM, stream, body))
            wire.writer.write(frame(RST_STREAM, 0, stream, reset))
        assert await wire.closes(10)
    await others_are_answered(front)


@pytest.mark.parametrize(
    "flood",
    [
        frame(PING, 0, 0, b"12345678") * 20_000,
        frame(SETTINGS, 0, 0) * 20_000,
        frame(0, 0, 1) * 20_000,
    ],
    ids=["pings", "settings", "empty data"],
)
async def test_floods_of_frames_end_the_connection(front: Edge, flood: bytes) -> None:
    body = block(get("/cnt.testing.v1.EdgeService/Follow", ("content-type", "application/grpc"), verb="POST"))
    async with connection(front) as wire:
        wire.writer.write(PREFACE + frame(SETTINGS, 0, 0) + frame(HEADERS, END_HEADERS, 1, body) + flood)
        assert await wire.closes(10)
    await others_are_answered(front)


async def test_headers_without_end_are_refused(front: Edge) -> None:
    """HTTP/2's continuation flood: a header block that goes on and on."""
    async with connection(front) as wire:
        wire.writer.write(PREFACE + frame(SETTINGS, 0, 0) + frame(HEADERS, 0, 1, block(get(SEE))))
        for number in range(2000):
            wire.writer.write(frame(CONTINUATION, 0, 1, block([(f"x-{number}", "v" * 100)])))
        assert await wire.closes(10)
    await others_are_answered(front)


@pytest.mark.parametrize(
    "request_",
    [
        "POST {see} HTTP/1.1\r\nhost: x\r\ncontent-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\nGET /m",
        "POST {see} HTTP/1.1\r\nhost: x\r\ncontent-length: 5\r\ncontent-length: 6\r\n\r\n{{}}   ",
        "POST {see} HTTP/1.1\r\nhost: x\r\ncontent-length: +5\r\n\r\n{{}}   ",
        "POST {see} HTTP/1.1\r\nhost: x\r\ntransfer-encoding: identity, chunked\r\n\r\n0\r\n\r\n",
        "POST {see} HTTP/1.1\r\nhost: x\r\ntransfer-encoding: xchunked\r\n\r\n0\r\n\r\n",
        "POST {see} HTTP/1.1\r\nhost: x\r\ntransfer-encoding : chunked\r\n\r\n0\r\n\r\n",
        "GET {see} HTTP/1.1\r\nhost: x\r\n x-folded: 1\r\n\r\n",
        "GET {see} HTTP/1.1\r\n\r\n",
        "GET {see} HTTP/1.1\r\nhost: x\r\nx-a: a\x00b\r\n\r\n",
        "CONNECT edge:443 HTTP/1.1\r\nhost: edge:443\r\n\r\n",
        "TRACE {see} HTTP/1.1\r\nhost: x\r\n\r\n",
    ],
)
async def test_two_meanings_in_one_request_are_refused(front: Edge, request_: str) -> None:
    """What one reader takes for the end of a request and another does not would let a second one be smuggled in."""
    answer = await exchange(front, request_.format(see=SEE).encode(), 1.5)
    status = int(answer.split(b" ", 2)[1]) if answer else 400
    assert 400 <= status < 500 or (status == 501 and b'"reason":"MALFORMED"' in answer), answer
    assert answer.count(b"HTTP/1.1 ") <= 1, answer
    await others_are_answered(front)


@pytest.mark.parametrize(
    "path",
    [
        "/api/v1/edge/../../metrics",
        "/media/%2e%2e/metrics",
        "/media/.%2e/metrics",
        "//metrics",
        "/./metrics",
        "/media/..;/metrics",
        "/health;/../metrics",
        "/media\\..\\metrics",
        "/MEDIA/../metrics",
        "/docs/..%00/metrics",
        "http://edge/metrics",
        "/metrics#/media/",
        "/metrics?/media/x",
    ],
)
async def test_no_spelling_leads_to_what_is_inside(front: Edge, path: str) -> None:
    """The side answers /metrics to whoever comes that far; the edge lets nobody."""
    answer = await exchange(front, f"GET {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n".encode("latin-1"), 3)
    assert b'"side": "/metrics' not in answer, answer
    status = int(answer.split(b" ", 2)[1])
    # A path that stays below /media/ may be asked of the side: it knows no such file.
    assert status >= 400 or b'"side": "/media/' in answer or b" 206 " in answer or b"etag" in answer, answer
