"""The four kinds of RPC through the edge: each message arrives when it is sent, and an end is seen by both sides."""

import asyncio
import json
from collections.abc import AsyncIterator

import grpc
import pytest

from cnt_grpc.edge import EdgeConfig
from tests.edge.edges import Edge, edge
from tests.edge.grpc_web import call_grpc_web
from tests.harness.api import Api, ApiError
from tests.pb.cnt.testing.v1 import edge_service_pb2 as pb2

SERVICE = "cnt.testing.v1.EdgeService"


async def release(front: Edge, name: str) -> None:
    """Let the server send the next message."""
    answer = await front.ask("POST", f"/api/v1/edge/watch/{name}:release")
    assert answer.json == {"watched": True}


async def ended(front: Edge, name: str) -> None:
    """Returns when the server has seen that the stream is over."""
    async with asyncio.timeout(5):
        while True:
            answer = await front.ask("GET", "/api/v1/edge/things/ended")
            if name in answer.json["headers"]["ended"].split():
                return
            await asyncio.sleep(0.02)


@pytest.mark.parametrize("coding", ["identity", "gzip"])
async def test_each_message_is_a_line_that_arrives_before_the_next_is_sent(front: Edge, coding: str) -> None:
    name = f"lines-{coding}"
    url = f"{front.url}/api/v1/edge/watch/{name}?count=3"
    async with asyncio.timeout(10), front.http.get(url, headers={"accept-encoding": coding}) as answer:
        assert (answer.status, answer.headers["content-type"]) == (200, "application/json")
        assert answer.headers.get("content-encoding", "identity") == coding
        if coding == "gzip":
            # Compressed, what matters is that bytes flow: nothing waits for a buffer to fill.
            for _ in range(3):
                assert await answer.content.readany()
                await release(front, name)
        else:
            for number in range(1, 4):
                assert json.loads(await answer.content.readline()) == {"number": number}
                await release(front, name)
            assert await answer.content.read() == b""


async def test_an_error_before_the_first_message_is_an_error(front: Edge) -> None:
    answer = await front.ask("GET", "/api/v1/edge/watch/early?count=0&code=7")
    assert (answer.status, answer.reason) == (403, "PROBE_FAILED")


async def test_an_error_after_the_first_message_is_seen_by_grpc_web_alone(front: Edge) -> None:
    """Why our streams put their final state into a message: in JSON the end looks the same, good or bad."""
    json_call = asyncio.create_task(front.ask("GET", "/api/v1/edge/watch/late-json?count=1&code=7"))
    request = pb2.FollowRequest(name="late-web", count=1, code=7)
    web_call = asyncio.create_task(call_grpc_web(front, f"/{SERVICE}/Follow", request))
    async with asyncio.timeout(5):
        while not (json_call.done() and web_call.done()):
            await asyncio.gather(
                *(front.ask("POST", f"/api/v1/edge/watch/late-{kind}:release") for kind in ("json", "web"))
            )
    answer, web = await json_call, await web_call
    assert (answer.status, answer.body) == (200, b'{"number":1}\n')
    assert (web.code, web.reason) == (grpc.StatusCode.PERMISSION_DENIED, "PROBE_FAILED")
    assert len(web.messages) == 1


async def test_a_caller_who_leaves_is_missed_at_once(front: Edge) -> None:
    async with front.http.get(f"{front.url}/api/v1/edge/watch/left-json?count=9") as answer:
        await answer.content.readline()
        answer.close()
    await ended(front, "left-json")
    async for _ in Api(front.channel).service(SERVICE).Follow(name="left-grpc", count=9):
        break  # the harness cancels what nobody reads on
    await ended(front, "left-grpc")


async def test_a_client_stream(front: Edge) -> None:
    async def pieces() -> AsyncIterator[pb2.UploadRequest]:
        yield pb2.UploadRequest(name="ann")
        for _ in range(3):
            piece = pb2.UploadRequest()
            piece.file.data = b"x" * 1_000_000  # together more than a unary body may have
            yield piece

    answer = await Api(front.channel).service(SERVICE).Upload(pieces())
    assert (answer.name, answer.size, answer.pieces) == ("ann", 3_000_000, 4)


async def test_a_stream_both_ways(front: Edge) -> None:
    turn = asyncio.Event()

    async def say() -> AsyncIterator[pb2.ChatRequest]:
        for number in range(3):
            yield pb2.ChatRequest(text=str(number))
            await turn.wait()
            turn.clear()

    heard = []
    async with asyncio.timeout(10):
        async for answer in Api(front.channel).service(SERVICE).Chat(say()):
            heard.append(answer.text)
            turn.set()  # the next is said when this one was heard
    assert heard == ["0", "1", "2"]


async def test_a_silent_stream_is_cut(config: EdgeConfig, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cnt_grpc.edge.routes.SILENCE", 1)
    async with edge(config) as front, asyncio.timeout(10):
        async with front.http.get(f"{front.url}/api/v1/edge/watch/silent-json?count=2") as answer:
            assert await answer.content.readline()
            with pytest.raises(Exception, match=r"not completed|closed|reset"):
                await answer.content.readline()
        with pytest.raises(ApiError) as caught:
            async for _ in Api(front.channel).service(SERVICE).Follow(name="silent-grpc", count=2):
                pass
        assert caught.value.code == grpc.StatusCode.INTERNAL  # what grpcio makes of a stream that is reset
        await ended(front, "silent-json")
        await ended(front, "silent-grpc")


async def test_a_stream_outlives_every_time_out_of_calls(config: EdgeConfig, monkeypatch: pytest.MonkeyPatch) -> None:
    """Here calls end after 1 s, and the stream goes on."""
    monkeypatch.setattr("cnt_grpc.edge.rendering.longest_call", lambda _: "1s")
    async with edge(config) as front, asyncio.timeout(10):
        url = f"{front.url}/api/v1/edge/watch/long?count=3"
        async with front.http.get(url) as answer:
            for _ in range(3):
                await answer.content.readline()
                await asyncio.sleep(0.8)
                await release(front, "long")
            assert await answer.content.read() == b""
