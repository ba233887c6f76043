"""Keeps children running: starts again what crashed, waiting longer each time, and stops them in order."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import Protocol

from cnt_grpc.dev.console import Console
from cnt_grpc.refusal import Refusal

FIRST_DELAY = 0.2
LONGEST_DELAY = 10.0
STEADY_SECONDS = 30.0  # a child that ran this long has earned a quick start again


class StartError(Refusal):
    """The whole did not come up; the text says which part and why."""


class Child(Protocol):
    """Something that is started, ends by itself or is stopped."""

    @property
    def name(self) -> str:
        """How people call it."""

    async def start(self) -> None:
        """Start it."""

    async def wait(self) -> int:
        """Its exit code, once it has ended."""

    async def stop(self, seconds: float) -> None:
        """End it, by force after `seconds`. Nothing happens when it is not running."""


class Supervisor:
    """The children of one launcher. Until `settle()` a child's end is a failed start; later it is started again."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._settled = False
        self._children: list[Child] = []
        self._keepers: list[asyncio.Task[None]] = []
        self._failure: asyncio.Future[str] = asyncio.get_running_loop().create_future()

    async def run(self, child: Child) -> None:
        """Start a child and keep it running."""
        self._children.append(child)
        await child.start()
        self._keepers.append(asyncio.create_task(self._keep(child)))

    async def until(self, ready: Callable[[], Awaitable[bool]], seconds: float, what: str) -> None:
        """Wait for `ready`; StartError when a child ends before, or after `seconds`."""
        deadline = time.monotonic() + seconds
        while not await ready():
            self._raise_failure()
            if time.monotonic() > deadline:
                raise StartError(f"{what} after {seconds:.0f} s; the lines above may say why.")
            await asyncio.sleep(0.05)

    def settle(self) -> None:
        """Everything is up, and from now on crashes are healed; StartError when a child has ended already."""
        self._raise_failure()
        self._settled = True

    async def stop(self, groups: Sequence[tuple[Sequence[Child], float]]) -> None:
        """Stop one group after the other, the members of a group together, each within the group's seconds."""
        for keeper in self._keepers:
            keeper.cancel()
        await asyncio.gather(*self._keepers, return_exceptions=True)
        for children, seconds in groups:
            await asyncio.gather(*(child.stop(seconds) for child in children if child in self._children))

    def _raise_failure(self) -> None:
        if self._failure.done():
            raise StartError(self._failure.result())

    async def _keep(self, child: Child) -> None:
        delay = FIRST_DELAY
        while True:
            begin = time.monotonic()
            code = await child.wait()
            if not self._settled:
                if not self._failure.done():
                    self._failure.set_result(f"{child.name} ended at start ({ending(code)}).")
                return
            if time.monotonic() - begin > STEADY_SECONDS:
                delay = FIRST_DELAY
            self._console.say(f"{child.name} ended ({ending(code)}); it starts again in {delay:.1f} s")
            while True:
                await asyncio.sleep(delay)
                delay = min(delay * 2, LONGEST_DELAY)
                try:
                    await child.start()
                    break
                except (OSError, Refusal) as error:
                    self._console.say(f"{child.name} does not start: {error}")


def ending(code: int) -> str:
    """An exit code in words."""
    return f"killed by signal {-code}" if code < 0 else f"exit code {code}"
