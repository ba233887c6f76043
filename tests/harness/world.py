"""The people of a test, made straight in the database so that a test starts in a millisecond."""

from __future__ import annotations

import itertools
import secrets
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Executable, bindparam, update

from cnt_grpc.auth import tokens
from cnt_grpc.auth.queries import sessions
from cnt_grpc.auth.tables import users
from cnt_grpc.kit import clock
from cnt_grpc.kit.db import statement
from tests.auth import makers
from tests.harness.livekit import LiveKitStandIn
from tests.harness.paypal import PayPalStandIn
from tests.harness.stripe import StripeStandIn

if TYPE_CHECKING:
    from cnt_grpc.app import System
    from cnt_grpc.kit.db import Database
    from tests.harness.google import GoogleStandIn


@dataclass(frozen=True)
class Person:
    """Somebody with an account, signed in."""

    id: int
    session_id: int
    token: str
    name: str
    email: str
    username: str


@dataclass
class World:
    """A running system, and what a test puts into it."""

    system: System
    folder: Path
    google: GoogleStandIn
    stripe: StripeStandIn = field(default_factory=StripeStandIn)
    livekit: LiveKitStandIn = field(default_factory=LiveKitStandIn)
    paypal: PayPalStandIn = field(default_factory=PayPalStandIn)
    _numbers: itertools.count[int] = field(default_factory=lambda: itertools.count(1))

    @property
    def db(self) -> Database:
        """The system's database."""
        return self.system.db

    async def user(
        self,
        *,
        name: str = "",
        roles: frozenset[str] | set[str] = frozenset(),
        is_guest: bool = False,
        fresh: bool = False,
    ) -> Person:
        """A new person with a session, `fresh` when they have just confirmed who they are; nobody has their name."""
        name = name or f"Person {next(self._numbers)} {secrets.token_hex(3)}"
        async with self.db.transaction() as tx:
            row = await makers.user(tx, name=name, roles=frozenset(roles), is_guest=is_guest)
            session_id = await makers.session(tx, row["id"], fresh=fresh)
        token = tokens.Tokens().access_token(row["id"], session_id)
        return Person(row["id"], session_id, token, row["name"], row["email"] or "", row["username"])

    async def users(self, number: int) -> list[Person]:
        """Several people."""
        return [await self.user() for _ in range(number)]

    async def ban(self, who: Person) -> None:
        """Ban somebody; servers notice within a second."""
        async with self.db.transaction() as tx:
            await tx.run(_ban(), user_id=who.id, now=clock.now())

    async def end_session(self, who: Person) -> None:
        """End the session that somebody's token belongs to; servers notice within a second."""
        async with self.db.transaction() as tx:
            await sessions.end_session(tx, who.session_id, "ended", clock.now())


@statement
def _ban() -> Executable:
    return update(users).where(users.c.id == bindparam("user_id")).values(banned_at=bindparam("now"))
