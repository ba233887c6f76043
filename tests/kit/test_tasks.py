"""Shared work: it outlives whoever waits for it, and its error is reported to them alone."""

import asyncio
import gc

import pytest

from cnt_grpc.kit import tasks


async def fail(began: asyncio.Event, go: asyncio.Event) -> None:
    began.set()
    await go.wait()
    raise OSError("away")


async def test_everyone_who_waits_is_told() -> None:
    began, go = asyncio.Event(), asyncio.Event()
    work = tasks.shared(fail(began, go))
    waiting = [asyncio.ensure_future(asyncio.shield(work)) for _ in range(2)]
    go.set()
    assert [type(error) for error in await asyncio.gather(*waiting, return_exceptions=True)] == [OSError, OSError]


async def test_an_error_that_nobody_waits_for_any_more_is_no_defect(caplog: pytest.LogCaptureFixture) -> None:
    began, go = asyncio.Event(), asyncio.Event()
    work = tasks.shared(fail(began, go))
    waiting = asyncio.ensure_future(asyncio.shield(work))
    await began.wait()
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)
    go.set()
    await asyncio.wait([work])
    del work, waiting
    gc.collect()  # asyncio reports an error that was lost when its task is collected
    await asyncio.sleep(0)
    assert "never retrieved" not in caplog.text
