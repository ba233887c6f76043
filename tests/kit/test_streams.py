"""Open streams: they end in time, with their session, and without a word to the log when their client vanishes."""

import asyncio
import logging
import struct
from dataclasses import replace

import pytest

from cnt_grpc.kit.errors import Denied, TimedOut, Unauthenticated
from cnt_grpc.kit.rpc.identity import Identity
from cnt_grpc.kit.rpc.policy import Method, methods_of
from cnt_grpc.kit.rpc.streams import OpenStreams
from cnt_grpc.pb.cnt.common.v1 import policy_pb2 as pb
from cnt_grpc.pb.cnt.common.v1.reason import Reason
from tests.edge import raw
from tests.harness.running import Running
from tests.harness.world import World
from tests.kit.probe import Sessions
from tests.notification.inboxes import tell
from tests.pb.cnt.testing.v1 import probe_service

WATCH = next(each for each in methods_of(probe_service.SERVICE) if each.name == "Watch")


async def open_for_ever(streams: OpenStreams, session_id: int, deadline: float, method: Method = WATCH) -> None:
    with streams.holding(method, session_id, deadline):
        await asyncio.sleep(60)


async def test_a_stream_ends_when_its_time_is_up() -> None:
    streams = OpenStreams(Identity(Sessions()))
    now = asyncio.get_running_loop().time()
    short = asyncio.create_task(open_for_ever(streams, 1, now + 1))
    long = asyncio.create_task(open_for_ever(streams, 1, now + 100))
    await asyncio.sleep(0)
    streams.end_late(now + 0.5)
    await asyncio.sleep(0.01)
    assert len(streams) == 2
    streams.end_late(now + 1.5)
    with pytest.raises(TimedOut):
        await short
    assert len(streams) == 1
    streams.end_late(now + 200)
    with pytest.raises(TimedOut):
        await long
    await asyncio.wait_for(streams.ended(), 30)


async def test_a_stream_ends_with_its_session() -> None:
    source = Sessions()
    source.add(1)
    streams = OpenStreams(Identity(source))
    kept = asyncio.create_task(open_for_ever(streams, 1, 1e9))
    ended = asyncio.create_task(open_for_ever(streams, 2, 1e9))
    anonymous = asyncio.create_task(open_for_ever(streams, 0, 1e9))
    await asyncio.sleep(0)
    await streams.check()
    with pytest.raises(Unauthenticated):
        await ended
    assert len(streams) == 2
    for task in (kept, anonymous):
        task.cancel()
    await asyncio.gather(kept, anonymous, return_exceptions=True)
    assert len(streams) == 0


@pytest.mark.parametrize(
    ("access", "role"),
    [(pb.ACCESS_CREATOR, "creator"), (pb.ACCESS_MODERATOR, "moderator"), (pb.ACCESS_ADMIN, "admin")],
)
async def test_a_stream_ends_with_the_role_that_it_asks_for(access: pb.Access.ValueType, role: str) -> None:
    """And not ten minutes after the confirmation with which it began."""
    source = Sessions()
    for session_id in (1, 2):
        source.add(session_id, role)
    streams = OpenStreams(Identity(source))
    method = replace(WATCH, access=access, fresh=True)
    kept, losing = (asyncio.create_task(open_for_ever(streams, each, 1e9, method)) for each in (1, 2))
    plain = asyncio.create_task(open_for_ever(streams, 2, 1e9, replace(WATCH, access=pb.ACCESS_USER)))
    await asyncio.sleep(0)
    await streams.check()
    assert len(streams) == 3
    source.add(2)
    await streams.check()
    with pytest.raises(Denied) as refused:
        await losing
    assert refused.value.reason == Reason.ROLE_MISSING
    assert len(streams) == 2
    for task in (kept, plain):
        task.cancel()
    await asyncio.gather(kept, plain, return_exceptions=True)


async def test_a_caller_who_goes_away_is_not_told_why() -> None:
    """Also where the stream is ended in the same moment."""
    streams = OpenStreams(Identity(Sessions()))
    task = asyncio.create_task(open_for_ever(streams, 1, 1e9))
    await asyncio.sleep(0)
    task.cancel()
    [stream] = streams._open
    stream.end(Unauthenticated(Reason.NOT_SIGNED_IN))
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_a_connection_that_breaks_under_a_message_is_no_defect(
    running: Running, world: World, caplog: pytest.LogCaptureFixture
) -> None:
    ann = await world.user()
    await tell(world, ann, times=400)
    path = "/cnt.notification.v1.NotificationService/WatchNotifications"
    words = [("content-type", "application/grpc"), ("te", "trailers"), ("authorization", f"Bearer {ann.token}")]
    with caplog.at_level(logging.ERROR):
        for _ in range(5):
            _, writer = await asyncio.open_connection("127.0.0.1", running.grpc_port)
            # A window of a few bytes: the server has a message under way when the connection is reset.
            small = struct.pack(">HI", 4, 10)
            call = raw.frame(raw.HEADERS, raw.END_HEADERS, 1, raw.block(raw.get(path, *words, verb="POST")))
            body = raw.frame(raw.DATA, raw.END_STREAM, 1, b"\0\0\0\0\0")
            writer.write(raw.PREFACE + raw.frame(raw.SETTINGS, 0, 0, small) + call + body)
            await writer.drain()
            await asyncio.sleep(0.2)
            writer.transport.abort()
        await asyncio.sleep(0.3)
    assert [record.getMessage() for record in caplog.records if "defect" in record.getMessage()] == []
