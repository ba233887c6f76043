"""People who watch their inboxes through whatever happens, and write down what arrives."""

from __future__ import annotations

import asyncio
import contextlib
import random
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import grpc

from cnt_grpc.notification import ContentApproved, tell

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnt_grpc.kit.db import Tx
    from tests.faults.whole import Whole
    from tests.harness.api import Api
    from tests.harness.world import Person


@dataclass(eq=False)
class Watcher:
    """One person with one app: it comes back after each end, with the last number that it has seen."""

    who: Person
    seen: list[int] = field(default_factory=list)
    resume: int = 0
    ends: list[str] = field(default_factory=list)
    """How streams ended: END for those that the server ended in order, or else the status."""

    async def watch(self, api: Api, seconds: float = 3600.0) -> str:
        """Watch until the stream ends, or for so long; says how it ended."""
        call: Any = api.as_(self.who).notification.WatchNotifications(after_seq=self.resume, timeout=seconds + 60)
        stream = call.start()
        ended = ""
        try:
            async with asyncio.timeout(seconds):
                async for message in stream:
                    ended = self._note(message)
            ended = ended or "nothing"
        except TimeoutError:
            ended = "dropped"
        except grpc.aio.AioRpcError as error:
            ended = f"{ended} {error.code().name}".strip()
        finally:
            stream.cancel()
        self.ends.append(ended)
        return ended

    async def until(self, doors: Sequence[Api], last_seq: int, seconds: float = 60.0) -> None:
        """Watch until everything up to this number has come."""
        deadline = time.monotonic() + seconds
        while self.resume < last_seq:
            assert time.monotonic() < deadline, f"{self.who.id} has {self.resume} of {last_seq}: {self.ends[-5:]}"
            watching = asyncio.create_task(self.watch(random.choice(doors), 5.0))
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(5):
                    while self.resume < last_seq and not watching.done():
                        await asyncio.sleep(0.01)
            watching.cancel()
            await asyncio.gather(watching, return_exceptions=True)

    def _note(self, message: Any) -> str:
        match message.WhichOneof("event"):
            case "notification":
                self.seen.append(message.notification.seq)
                self.resume = message.notification.seq
            case "heartbeat":
                self.resume = message.heartbeat.last_seq
            case "end":
                self.resume = message.end.last_seq
                return "END"
        return ""


async def tell_all(whole: Whole, people: Sequence[Person]) -> None:
    """Tell these people something, in one transaction."""

    async def work(tx: Tx) -> None:
        notice = ContentApproved(content_type="podcast", content_id=1, content_title="Ruth")
        await tell(tx, [each.id for each in people], notice)

    await whole.system.db.transact(work)


async def owed(whole: Whole, watchers: Sequence[Watcher]) -> dict[int, list[int]]:
    """What the table holds for each of them."""
    async with whole.system.db.transaction() as tx:
        rows = await tx.raw(
            "SELECT recipient_id, array_agg(seq ORDER BY seq) AS seqs FROM notifications"
            " WHERE recipient_id = ANY($1) GROUP BY 1",
            [watcher.who.id for watcher in watchers],
        )
    found = {row["recipient_id"]: list(row["seqs"]) for row in rows}
    return {watcher.who.id: found.get(watcher.who.id, []) for watcher in watchers}
