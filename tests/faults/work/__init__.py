"""What clients do while parties are killed, and what must be there afterwards: a file for each noun.

A room adds its own: `work/<noun>.py` with a class that has what `Work` asks for, and its name in WORKS. Its `step`
calls through `Client.write`, which tries again with the same request id, and notes what was acknowledged; its `check`
compares that with the tables.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from tests.faults.clients import Client
    from tests.faults.whole import Whole


class Work(Protocol):
    """One kind of thing that clients write."""

    share: float
    """How often it is chosen, compared with the others."""

    @property
    def acknowledged(self) -> int:
        """Writes that were answered with OK so far."""
        ...

    async def prepare(self, whole: Whole) -> None:
        """Make what the steps need."""
        ...

    async def step(self, client: Client) -> None:
        """One thing that a client does; returns when it was answered."""
        ...

    async def check(self, whole: Whole) -> None:
        """Each acknowledged write is there exactly once."""
        ...


async def works(whole: Whole) -> list[Work]:
    """All kinds of work, ready."""
    from tests.faults.work.accounts import Accounts  # noqa: PLC0415 (they are written with the types above)
    from tests.faults.work.blocks import Blocks  # noqa: PLC0415
    from tests.faults.work.gifts import Gifts  # noqa: PLC0415
    from tests.faults.work.podcasts import Podcasts  # noqa: PLC0415
    from tests.faults.work.uploads import Uploads  # noqa: PLC0415

    made: list[Work] = [Accounts(), Blocks(), Gifts(), Podcasts(), Uploads()]
    for each in made:
        await each.prepare(whole)
    return made
