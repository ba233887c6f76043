"""How a launcher is told to stop: a signal sets an event, and what is under way is left in good order."""

import asyncio
import os
import signal
from collections.abc import Coroutine

from cnt_grpc.dev.console import Console


def stop_signal(console: Console) -> asyncio.Event:
    """An event that SIGINT, SIGTERM and a closed terminal set; a second signal ends the launcher at once."""
    stop = asyncio.Event()

    def on_signal() -> None:
        if stop.is_set():
            console.say("stopping at once")
            os._exit(1)  # the kernel takes the children along, and Postgres shuts down by itself
        stop.set()

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        asyncio.get_running_loop().add_signal_handler(number, on_signal)
    return stop


async def unless_stopped(stop: asyncio.Event, work: Coroutine[None, None, None]) -> bool:
    """Do `work` and say True, or cancel it and say False when `stop` comes first."""
    working = asyncio.create_task(work)
    stopping = asyncio.create_task(stop.wait())
    try:
        await asyncio.wait([working, stopping], return_when=asyncio.FIRST_COMPLETED)
        if not working.done():
            return False
        await working
        return True
    finally:
        for task in (working, stopping):
            task.cancel()
        await asyncio.gather(working, stopping, return_exceptions=True)
