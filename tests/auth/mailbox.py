"""Reads codes from the jobs that ask for mails."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from cnt_grpc.auth.codes import CodePurpose
from cnt_grpc.auth.jobs import PURPOSES
from cnt_grpc.pb.cnt.auth.v1.jobs_pb2 import DeliverCode

PATIENCE = 30.0
QUIET = 1.0
"""Seconds without a mail after which none is on its way."""


@dataclass
class Mailbox:
    """Mails with codes, in the order in which they were asked for."""

    mails: list[tuple[str, CodePurpose, str]] = field(default_factory=list)
    _came: asyncio.Event = field(default_factory=asyncio.Event)

    def watch(self, send: Callable[..., Awaitable[None]]) -> Callable[..., Awaitable[None]]:
        """The same function, seen by this mailbox."""

        async def seen(tx: Any, payload: DeliverCode, email: str, **given: Any) -> None:
            await send(tx, payload, email, **given)
            purposes = {number: purpose for purpose, number in PURPOSES.items()}
            self.mails.append((email, purposes[payload.purpose], payload.code))
            self._came.set()

        return seen

    async def code(self, email: str, purpose: CodePurpose) -> str:
        """The code of the next mail to this address, which is taken out of the box."""
        async with asyncio.timeout(PATIENCE):
            while True:
                for mail in self.mails:
                    if mail[:2] == (email, purpose):
                        self.mails.remove(mail)
                        return mail[2]
                self._came.clear()
                await self._came.wait()

    async def none_for(self, email: str) -> None:
        """Wait until a mail to this address would have been asked for, and see that none was."""
        await asyncio.sleep(QUIET)
        assert [mail for mail in self.mails if mail[0].lower() == email.lower()] == []
