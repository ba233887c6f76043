"""The guard around every call to an outside party: never inside a transaction, never without an end."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from cnt_grpc.kit.db import in_transaction
from cnt_grpc.kit.errors import Unavailable
from cnt_grpc.pb.cnt.common.v1.reason import Reason

FAILURES = 5
"""Failures in a row after which a party is left alone."""

REST = 10.0
"""Seconds of that; then one call tries again."""


class InsideTransactionError(RuntimeError):
    """A defect: the party's slowness would hold our locks, and its effect would not roll back with ours."""


@dataclass
class Party:
    """One outside party as this process knows it: it is asked, and left alone for a while when it keeps failing."""

    name: str
    """Such as `stripe`; told to callers when it is away."""
    timeout: float
    """Seconds for one call, its retries included."""
    _failures: int = field(default=0, init=False)
    _rests_until: float = field(default=0.0, init=False)

    @asynccontextmanager
    async def call(self) -> AsyncIterator[None]:
        """Hold one call to the party.

        Raises Unavailable when it rests, when it answers too late, and when the connection fails (OSError); other
        errors of its library pass, and count neither way: the adapter knows which of them mean that it is away.
        """
        if in_transaction():
            message = f"{self.name} is called inside a transaction: write the intent, commit, then call"
            raise InsideTransactionError(message)
        if time.monotonic() < self._rests_until:
            raise self._away()
        try:
            async with asyncio.timeout(self.timeout):
                yield
        except (TimeoutError, OSError) as error:
            self.failed()
            raise self._away() from error
        self._failures = 0

    def failed(self) -> None:
        """Count a failure; for adapters whose library reports it in an error of its own."""
        self._failures += 1
        if self._failures >= FAILURES:
            self._rests_until = time.monotonic() + REST

    def _away(self) -> Unavailable:
        return Unavailable(Reason.PARTY_UNAVAILABLE, f"{self.name} does not answer", party=self.name)
