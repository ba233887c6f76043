"""Answers kept for a second: one computes for all, and nobody who goes away takes the answer along."""

import asyncio
from collections.abc import Callable

import pytest

from cnt_grpc.kit.errors import NotFound
from cnt_grpc.kit.rpc.cache import AnswerCache
from cnt_grpc.pb.cnt.common.v1.reason import Reason

KEY = ("cnt.testing.v1.ProbeService/Look", b"")


class Slow:
    """An answer that takes as long as the test wants."""

    def __init__(self) -> None:
        self.runs = 0
        self.ready = asyncio.Event()
        self.refuses = False

    async def __call__(self) -> bytes:
        """Count, wait, answer."""
        self.runs += 1
        await self.ready.wait()
        if self.refuses:
            raise NotFound(Reason.NO_SUCH_METHOD)
        return b"answer"


async def until(holds: Callable[[], bool]) -> None:
    """Let others run until it is so."""
    async with asyncio.timeout(30):
        while not holds():
            await asyncio.sleep(0)


async def test_equal_requests_share_one_run() -> None:
    cache, slow = AnswerCache(), Slow()
    calls = [asyncio.create_task(cache.fill(KEY, 1.0, slow)) for _ in range(50)]
    await until(lambda: slow.runs == 1)
    slow.ready.set()
    assert await asyncio.gather(*calls) == [b"answer"] * 50
    assert slow.runs == 1
    assert cache.get(KEY) == b"answer"


async def test_the_others_get_their_answer_when_the_one_who_computes_goes_away() -> None:
    cache, slow = AnswerCache(), Slow()
    first, *others = [asyncio.create_task(cache.fill(KEY, 1.0, slow)) for _ in range(10)]
    await until(lambda: slow.runs == 1)
    first.cancel()
    await until(lambda: slow.runs == 2)
    slow.ready.set()
    assert await asyncio.gather(*others) == [b"answer"] * 9
    assert first.cancelled()
    assert slow.runs == 2


async def test_one_of_those_who_wait_may_go_away() -> None:
    cache, slow = AnswerCache(), Slow()
    calls = [asyncio.create_task(cache.fill(KEY, 1.0, slow)) for _ in range(3)]
    await until(lambda: slow.runs == 1)
    calls[1].cancel()
    await asyncio.sleep(0)
    slow.ready.set()
    assert await calls[0] == b"answer"
    assert await calls[2] == b"answer"


async def test_a_refusal_reaches_all_and_is_not_kept() -> None:
    cache, slow = AnswerCache(), Slow()
    slow.refuses = True
    calls = [asyncio.create_task(cache.fill(KEY, 1.0, slow)) for _ in range(3)]
    await until(lambda: slow.runs == 1)
    slow.ready.set()
    for call in calls:
        with pytest.raises(NotFound):
            await call
    assert cache.get(KEY) is None
    slow.refuses = False
    assert await cache.fill(KEY, 1.0, slow) == b"answer"
