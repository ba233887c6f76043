"""Work that goes on when whoever waits for it is cancelled."""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")


def shared(work: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
    """Begin work that callers await under `asyncio.shield`: it ends, and its error is theirs, however many are left.

    asyncio reports an error that nobody took as a defect; when all callers have gone it is none.
    """
    task = asyncio.create_task(work)
    task.add_done_callback(_taken)
    return task


def _taken(task: asyncio.Task[Any]) -> None:
    if not task.cancelled():
        task.exception()
