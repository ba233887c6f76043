"""How long a stand-in takes before it does what it is asked."""

import asyncio
from dataclasses import dataclass


@dataclass
class Pace:
    """Of one party; as quick as it can until somebody sets `seconds`."""

    seconds: float = 0.0
    waiting: int = 0
    """Who waits now."""
    slowed: int = 0
    """Who has waited so far."""

    async def keep(self) -> None:
        """Let somebody wait."""
        if not self.seconds:
            return
        self.slowed += 1
        self.waiting += 1
        try:
            await asyncio.sleep(self.seconds)
        finally:
            self.waiting -= 1
