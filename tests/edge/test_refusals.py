"""What Envoy itself refuses, in JSON, gRPC and gRPC-Web: one contract of errors, and never UNKNOWN."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Awaitable
from dataclasses import replace

import grpc
import pytest

from cnt_grpc.edge import Address, AddressRate, EdgeConfig
from tests.edge.edges import Answer, Edge, edge, peer
from tests.edge.grpc_web import call_grpc_web
from tests.harness.api import Api, ApiError, Service
from tests.pb.cnt.testing.v1 import edge_service_pb2 as pb2

SERVICE = "cnt.testing.v1.EdgeService"
NOWHERE = Address("127.0.0.1", 9)  # discard: nobody listens


def api(front: Edge, **metadata: str) -> Service:
    """EdgeService by gRPC."""
    return Api(front.channel).with_(**metadata).service(SERVICE)


async def refused(call: Awaitable[object]) -> ApiError:
    """The error of a gRPC call that must fail."""
    with pytest.raises(ApiError) as caught:
        await call
    return caught.value


def told(answer: Answer) -> tuple[int, int, str, str]:
    """What a JSON caller learns; fails when the shape is not that of all errors."""
    assert {*answer.json} == {"code", "message", "details"}
    ids = [d["request_id"] for d in answer.json["details"] if d["@type"].endswith("RequestInfo")]
    assert ids == [answer.headers["x-request-id"]]
    return answer.status, answer.json["code"], answer.reason, answer.json["message"]


async def test_nothing_there(front: Edge) -> None:
    text = "nothing answers to this verb and path"
    assert told(await front.ask("GET", "/nowhere")) == (404, 5, "NO_SUCH_METHOD", text)
    # No stub knows such a method, so it is called by hand.
    call: grpc.aio.UnaryUnaryMultiCallable[bytes, bytes] = front.channel.unary_unary("/cnt.testing.v1.Nowhere/See")
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await call(b"")
    error = ApiError(caught.value)
    assert (error.code, error.reason, error.text) == (grpc.StatusCode.UNIMPLEMENTED, "NO_SUCH_METHOD", text)
    for mark in (True, False):
        web = await call_grpc_web(front, "/cnt.testing.v1.Nowhere/See", pb2.SeeRequest(), mark=mark)
        assert (web.http_status, web.code, web.reason) == (200, grpc.StatusCode.UNIMPLEMENTED, "NO_SUCH_METHOD")


async def test_too_large(front: Edge) -> None:
    text, title = "the body is too large", "x" * 1_100_000
    answer = await front.ask("PATCH", "/api/v1/edge/things/ann", data=json.dumps({"title": title}).encode())
    assert told(answer) == (413, 8, "TOO_LARGE", text)
    error = await refused(api(front).Change(name="ann", title=title))
    assert (error.code, error.reason, error.text) == (grpc.StatusCode.RESOURCE_EXHAUSTED, "TOO_LARGE", text)
    for mark in (True, False):
        request = pb2.ChangeRequest(name="ann", title=title)
        web = await call_grpc_web(front, f"/{SERVICE}/Change", request, mark=mark)
        assert (web.code, web.reason, web.text) == (grpc.StatusCode.RESOURCE_EXHAUSTED, "TOO_LARGE", text)
        assert web.content_type == "application/grpc-web+proto"


async def test_too_large_without_saying_so_first(front: Edge) -> None:
    async def pieces() -> AsyncIterator[bytes]:
        yield b'{"title": "'
        for _ in range(30):
            yield b"x" * 50_000

    answer = await front.ask("PATCH", "/api/v1/edge/things/ann", data=pieces())
    assert told(answer)[:3] == (413, 8, "TOO_LARGE")


async def test_just_small_enough(front: Edge) -> None:
    title = "x" * 1_000_000
    assert (await front.ask("PATCH", "/api/v1/edge/things/ann", json={"title": title})).json["title"] == title
    assert (await api(front).Change(name="ann", title=title)).title == title


async def test_too_late(front: Edge) -> None:
    """The policy says 0.5 s and this server ignores it: the edge ends the call two seconds later."""
    text = "the server took too long to answer"
    answer, error, web = await asyncio.gather(
        front.ask("GET", "/api/v1/edge/sleep"),
        refused(api(front).Sleep()),
        call_grpc_web(front, f"/{SERVICE}/Sleep", pb2.SleepRequest()),
    )
    assert told(answer) == (504, 4, "DEADLINE", text)
    assert (error.code, error.reason, error.text) == (grpc.StatusCode.DEADLINE_EXCEEDED, "DEADLINE", text)
    assert (web.code, web.reason, web.text) == (grpc.StatusCode.DEADLINE_EXCEEDED, "DEADLINE", text)


async def test_no_server(config: EdgeConfig) -> None:
    text = "no server is free to answer"
    async with edge(replace(config, grpc=(NOWHERE,), side=(NOWHERE,))) as front:
        answer = await front.ask("GET", "/api/v1/edge/things/ann")
        assert told(answer) == (503, 14, "SERVER_UNAVAILABLE", text)
        assert any(d.get("retry_delay") == "1s" for d in answer.json["details"])
        for path in ("/health", "/readyz", "/media/x.mp3"):
            assert told(await front.ask("GET", path)) == (503, 14, "SERVER_UNAVAILABLE", text)
        error = await refused(api(front).See(name="ann"))
        assert (error.code, error.reason, error.text) == (grpc.StatusCode.UNAVAILABLE, "SERVER_UNAVAILABLE", text)
        assert error.retry_after == 1
        web = await call_grpc_web(front, f"/{SERVICE}/See", pb2.SeeRequest())
        assert (web.code, web.reason, web.text) == (grpc.StatusCode.UNAVAILABLE, "SERVER_UNAVAILABLE", text)


async def test_a_server_that_dies_with_the_call(config: EdgeConfig) -> None:
    with peer() as dying:
        async with edge(replace(config, grpc=(dying.grpc,), side=(dying.side,))) as front:
            calls = asyncio.gather(
                front.ask("GET", "/api/v1/edge/sleep"),
                refused(api(front).Sleep()),
                call_grpc_web(front, f"/{SERVICE}/Sleep", pb2.SleepRequest()),
            )
            await asyncio.sleep(0.5)
            dying.kill()
            answer, error, web = await calls
    assert told(answer)[:3] == (503, 14, "SERVER_UNAVAILABLE")
    assert (error.code, error.reason) == (grpc.StatusCode.UNAVAILABLE, "SERVER_UNAVAILABLE")
    assert (web.code, web.reason) == (grpc.StatusCode.UNAVAILABLE, "SERVER_UNAVAILABLE")


async def test_too_many_calls_from_one_address(config: EdgeConfig) -> None:
    see, text = "/api/v1/edge/things/ann", "too many calls from this address"
    limited = replace(config, address_rate=AddressRate(burst=5, per_second=1), trusted_hops=1)
    async with edge(limited) as front:

        async def ask(address: str) -> Answer:
            return await front.ask("GET", see, headers={"x-forwarded-for": address})

        assert [(await ask("8.8.8.8")).status for _ in range(5)] == [200] * 5
        answer = await ask("8.8.8.8")
        assert told(answer) == (429, 8, "TOO_MANY_CALLS", text)
        assert answer.headers["retry-after"] == "1"
        # The default memory of 20 addresses would let everybody start anew as soon as 20 others came.
        for number in range(40):
            assert (await ask(f"9.9.9.{number}")).status == 200
        assert (await ask("8.8.8.8")).status == 429
        # A line with IPv6 has 2^64 addresses; they count as one.
        assert [(await ask(f"2001:db8::{number:x}")).status for number in range(1, 7)] == [200] * 5 + [429]
        error = await refused(api(front, x_forwarded_for="8.8.8.8").See(name="ann"))
        assert (error.code, error.reason, error.text) == (grpc.StatusCode.RESOURCE_EXHAUSTED, "TOO_MANY_CALLS", text)
        assert error.retry_after == 1
        for _ in range(6):
            web = await call_grpc_web(front, f"/{SERVICE}/See", pb2.SeeRequest())
        assert (web.code, web.reason, web.text) == (grpc.StatusCode.RESOURCE_EXHAUSTED, "TOO_MANY_CALLS", text)
        # A load balancer's probes are not counted.
        assert (await front.ask("GET", "/readyz", headers={"x-forwarded-for": "8.8.8.8"})).status == 200
        await asyncio.sleep(1.1)
        assert (await ask("8.8.8.8")).status == 200


async def test_too_much_at_once_is_refused_at_once_and_streams_live_on(
    config: EdgeConfig, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cnt_grpc.edge.rendering.CALLS_PER_SERVER", 5)
    async with edge(config) as front:
        sleeps = [asyncio.create_task(refused(api(front).Sleep())) for _ in range(5)]
        await asyncio.sleep(0.5)
        async with asyncio.timeout(1):
            answer = await front.ask("GET", "/api/v1/edge/things/ann")
        assert told(answer)[:3] == (503, 14, "SERVER_UNAVAILABLE")
        async with asyncio.timeout(1):
            async for message in api(front).Follow(name="busy", count=1):
                assert message.number == 1
                break
        assert {(await sleep).code for sleep in sleeps} == {grpc.StatusCode.DEADLINE_EXCEEDED}
        assert (await front.ask("GET", "/api/v1/edge/things/ann")).status == 200


async def test_headers_up_to_the_limit_pass_and_above_never(front: Edge) -> None:
    """grpcio refuses at random between 8 and 16 KiB; what the edge lets through must be clear of that."""
    for _ in range(30):
        many = {f"x-header-{number:02}": "v" * 130 for number in range(30)}
        assert (await api(front, **many, x_large="v" * 1300).See(name="ann")).name == "ann"
    answer = await front.ask("GET", "/api/v1/edge/things/ann", headers={"x-large": "v" * 6200})
    assert (answer.status, answer.reason) == (431, "TOO_LARGE")
    answer = await front.ask("GET", "/api/v1/edge/things/ann", headers={f"x-{n}": "v" for n in range(50)})
    assert (answer.status, answer.reason) == (431, "TOO_LARGE")


async def test_what_is_no_http_is_answered_in_json(front: Edge) -> None:
    for request in (b"GET / HTTP/1.0\r\n\r\n", b"GET /\x00 HTTP/1.1\r\nhost: x\r\n\r\n", b"hello\r\n\r\n"):
        reader, writer = await asyncio.open_connection("127.0.0.1", front.port)
        writer.write(request)
        answer = await reader.read()
        writer.close()
        with contextlib.suppress(ConnectionError):
            await writer.wait_closed()
        assert b'"@type":"type.googleapis.com/google.rpc.ErrorInfo"' in answer, answer


async def test_more_connections_than_allowed_are_closed(config: EdgeConfig) -> None:
    async with edge(replace(config, most_connections=3)) as front, contextlib.AsyncExitStack() as stack:
        closed = 0
        for _ in range(6):
            reader, writer = await asyncio.open_connection("127.0.0.1", front.port)
            stack.callback(writer.close)
            writer.write(b"GET /health HTTP/1.1\r\nhost: x\r\n\r\n")
            try:
                closed += not await asyncio.wait_for(reader.read(1), 5)
            except ConnectionError:
                closed += 1
        assert closed >= 3


async def test_a_body_that_never_ends_is_cut(config: EdgeConfig, monkeypatch: pytest.MonkeyPatch) -> None:
    async def drip() -> AsyncIterator[bytes]:
        yield b'{"title": "'
        for _ in range(100):
            await asyncio.sleep(0.5)
            yield b"x"

    monkeypatch.setattr("cnt_grpc.edge.rendering.longest_call", lambda _: "1.5s")
    async with edge(config) as front, asyncio.timeout(10):
        answer = await front.ask("PATCH", "/api/v1/edge/things/ann", data=drip())
    assert told(answer)[:3] == (408, 4, "DEADLINE")
