"""What tests of mails and push messages do again and again: people who can be reached, and what is owed to them."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import Executable, bindparam, select, update

from cnt_grpc.auth.tables import users
from cnt_grpc.kit import clock, jobs
from cnt_grpc.kit.db import Database, Row, statement
from cnt_grpc.kit.rpc.call import Caller
from cnt_grpc.notification import devices, outbox
from cnt_grpc.notification.tables import deliveries
from cnt_grpc.pb.cnt.notification.v1.jobs_pb2 import Deliver
from tests.notification.inboxes import tell

if TYPE_CHECKING:
    from cnt_grpc.notification.notice import Notice
    from tests.harness.world import Person, World
    from tests.notification.firebase import Firebase
    from tests.notification.mail_server import MailServer


@statement
def reach() -> Executable:
    change: dict[str, object] = {"time_zone": bindparam("time_zone"), "email_verified_at": bindparam("now")}
    return update(users).where(users.c.id == bindparam("user_id")).values(change)


@statement
def owed() -> Executable:
    mine = deliveries.c.recipient_id == bindparam("person")
    return select(deliveries).where(mine).order_by(deliveries.c.id)


def as_caller(who: Person) -> Caller:
    """Who calls the rules."""
    return Caller(user_id=who.id, session_id=who.session_id, roles=frozenset(), is_guest=False, fresh_until=None)


def _is_under_way(row: Row) -> bool:
    """It is new, or taken for the first time and not put back."""
    if row["state"] != "waiting":
        return False
    return bool(row["error"] is None if row["attempts"] else row["due_at"] == row["created_at"])


def move_to(moment: datetime) -> None:
    """Set the clock."""
    clock.move(moment.astimezone(UTC) - clock.now())


@dataclass(frozen=True)
class Office:
    """A system that sends."""

    world: World
    mails: MailServer
    firebase: Firebase

    @property
    def db(self) -> Database:
        return self.world.db

    async def person(self, time_zone: str = "UTC", *, proven: bool = True) -> Person:
        """Somebody with an address that is theirs."""
        who = await self.world.user()
        async with self.db.transaction() as tx:
            await tx.run(reach(), user_id=who.id, time_zone=time_zone, now=clock.now() if proven else None)
        return who

    async def device(self, who: Person, token: str = "") -> str:
        """The push token of a device that is theirs from now on."""
        token = token or f"device-{secrets.token_urlsafe(24)}"
        async with self.db.transaction() as tx:
            await devices.register(tx, as_caller(who), token, "android")
        return token

    async def tell(self, *people: Person, notice: Notice | None = None) -> None:
        """Tell them something."""
        await tell(self.world, *people, notice=notice)

    async def deliveries(self, who: Person) -> list[Row]:
        """What is or was owed to them."""
        async with self.db.reading() as tx:
            return await tx.all(owed(), person=who.id)

    async def until(self, found: Callable[[], Any]) -> None:
        """Wait until this is true."""
        async with asyncio.timeout(30):
            while not found():
                await asyncio.sleep(0.02)

    async def settled(self, who: Person, *states: str) -> list[Row]:
        """Wait until what is owed to them is in these states, in the order in which they were told."""
        rows: list[Row] = []
        try:
            async with asyncio.timeout(30):
                while [row["state"] for row in rows] != list(states) or any(map(_is_under_way, rows)):
                    rows = await self.deliveries(who)
                    await asyncio.sleep(0.02)
        except TimeoutError:
            raise AssertionError(f"{[dict(row) for row in rows]} are not {states}") from None
        return rows

    async def send_due(self, *people: Person) -> None:
        """Let the minute pass in which the worker looks for what is due; of these people alone."""
        payload = Deliver(recipient_ids=sorted(who.id for who in people))
        async with self.db.transaction() as tx:
            ids = [await jobs.enqueue(tx, job, payload) for job in (outbox.SEND_PUSH, outbox.SEND_MAIL)]
        assert self.db.bus is not None
        for job_id in ids:
            assert await jobs.wait(self.db, self.db.bus, job_id, 20) == jobs.State.DONE
