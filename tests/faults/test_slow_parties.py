"""Stripe, Google, the mail server and Firebase take seconds for each answer, and only those who need them wait.

At full size each of four delays lasts for a minute; the longest are longer than we wait for anybody.
"""

from __future__ import annotations

import asyncio
import re
import secrets
import time
import uuid
from collections import Counter
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from random import Random
from typing import TYPE_CHECKING, Any

import pytest
from pydantic import SecretStr

from tests.conftest import SECRET_KEY
from tests.faults import checks
from tests.faults.sizes import FULL, say
from tests.faults.whole import POOL, Parties, Whole, whole
from tests.harness.api import ApiError
from tests.harness.google import GoogleStandIn
from tests.harness.livekit import LiveKitStandIn
from tests.harness.stripe import StripeStandIn
from tests.notification import firebase as firebases
from tests.notification import mail_server
from tests.notification.inboxes import approved
from tests.notification.office import Office
from tests.notification.test_mail import part
from tests.payment import makers

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from pathlib import Path

    from tests.harness.api import Api, Pending
    from tests.harness.database import Cluster
    from tests.harness.world import Person

DELAYS: list[tuple[float, float, float, float]] = (
    [(3, 3, 3, 3), (6, 6, 6, 6), (11, 11, 11, 11), (20, 20, 20, 20)] if FULL else [(3, 6, 3, 3)]
)
"""Seconds that Stripe, Google, the mail server and Firebase take, one row after the other."""
GOOGLE_IS_LATE = 5.0
"""Seconds after which nobody waits for Google; the shortest time of all."""
LASTS = 60.0 if FULL else 6.0
"""Seconds of each."""
BUYERS = 2 * POOL + 4
"""So many that the connections of both servers were used up, if each kept one while it waits for Stripe."""
MOST_WAIT_ENOUGH = 2 * POOL + 1
"""With so many, one server has more calls that wait than it has connections."""
VISITORS, READERS, LISTENERS = 4, 4, 4
PATIENCE = 600.0 if FULL else 60.0
"""Seconds after which something that should have come has not come."""

_IN_TRANSACTION = """
SELECT pid, application_name, state_change, left(query, 100) AS query,
       extract(epoch FROM clock_timestamp() - state_change)::float8 AS seconds FROM pg_stat_activity
WHERE datname = current_database() AND state LIKE 'idle in transaction%'
"""


@dataclass
class Day:
    """What people wanted, and how their calls ended."""

    made: Whole
    office: Office
    package_id: int
    listeners: list[Person]
    devices: list[str]
    stop: asyncio.Event = field(default_factory=asyncio.Event)
    ended: Counter[str] = field(default_factory=Counter)
    """Of calls that need somebody outside, by who it is."""
    answered: Counter[int] = field(default_factory=Counter)
    """Calls that need nobody, by server."""
    beside: int = 0
    """Those of them that were begun and answered while more waited for Stripe than there are connections."""
    bought: Counter[int] = field(default_factory=Counter)
    pages: dict[int, str] = field(default_factory=dict)
    came: dict[str, set[int]] = field(default_factory=dict)
    """Google's subjects, with whom they were signed in as."""
    coded: list[str] = field(default_factory=list)
    told: int = 0

    def door(self, random: Random) -> Api:
        """One of the servers."""
        return self.made.api(random.randrange(len(self.made.servers))).elsewhere()

    async def until_done(self, party: str, call: Callable[..., Pending], **fields: Any) -> Any:
        """Ask until it is done; nothing else may be said than that this party does not answer."""
        late = time.monotonic() + PATIENCE
        while True:
            try:
                reply = await call(**fields)
            except ApiError as error:
                self.made.note(error)
                said = (error.code.name, error.reason, error.metadata.get("party"))
                if said != ("UNAVAILABLE", "PARTY_UNAVAILABLE", party) or time.monotonic() > late:
                    raise
                self.ended[f"{party}: away"] += 1
                await asyncio.sleep(0.3)
            else:
                self.ended[f"{party}: OK"] += 1
                return reply

    # -- who needs somebody -------------------------------------------------------------------------------------------

    async def buy(self, who: Person, random: Random) -> None:
        """Ask for pages to pay at."""
        while not self.stop.is_set():
            wanted = {"package_id": self.package_id, "request_id": str(uuid.uuid4())}
            rpc = self.door(random).as_(who).wallet.PurchaseCoins
            reply = await self.until_done("stripe", rpc, **wanted)
            self.pages[reply.purchase.payment_id] = reply.checkout_url.rpartition("/")[2]
            self.bought[who.id] += 1

    async def visit(self, random: Random) -> None:
        """Sign in by Google, each time as somebody new, and once more."""
        google = self.made.world.google
        while not self.stop.is_set():
            grace = google.person()
            for _ in range(2):
                rpc = self.door(random).auth.GoogleLogin
                reply = await self.until_done("google", rpc, access_token=google.access_token(grace))
                self.came.setdefault(grace["sub"], set()).add(reply.user_id)

    async def ask_for_codes(self, random: Random) -> None:
        """The call itself needs no mail server."""
        while not self.stop.is_set():
            email = f"slow.{secrets.token_hex(8)}@example.org"
            await self.door(random).auth.SendOtp(email=email, purpose="CODE_PURPOSE_REGISTER")
            self.coded.append(email)
            await asyncio.sleep(1)

    async def tell(self) -> None:
        """Tell those who have phones and mailboxes."""
        while not self.stop.is_set():
            self.told += 1
            await self.office.tell(*self.listeners, notice=approved(self.told))
            await asyncio.sleep(2)

    # -- who needs nobody ---------------------------------------------------------------------------------------------

    async def read(self, who: Person, random: Random) -> None:
        """Read and write what is ours alone; a refusal of any kind ends the test."""
        number = 0
        while not self.stop.is_set():
            server = number % len(self.made.servers)
            door = self.made.api(server).as_(who)
            many_wait = self._many_wait
            match random.randrange(4):
                case 0:
                    await door.user.UpdateMe(bio=f"{number}")
                case 1:
                    await door.user.GetMe()
                case 2:
                    await door.content.ListPodcasts(page_size=5)
                case _:
                    await door.notification.ListNotifications()
            self.answered[server] += 1
            self.beside += many_wait and self._many_wait
            number += 1
            await asyncio.sleep(0.05)

    @property
    def _many_wait(self) -> bool:
        return self.made.world.stripe.pace.waiting >= MOST_WAIT_ENOUGH


@pytest.fixture
async def day(cluster: Cluster, tmp_path: Path) -> AsyncIterator[Day]:
    """A system and parties of its own: nobody else waits for those who are slow here."""
    async with (
        GoogleStandIn().serving() as google,
        StripeStandIn().serving() as stripe,
        LiveKitStandIn().serving() as livekit,
        mail_server.serving() as mails,
        firebases.serving() as firebase,
    ):
        more = {
            "mail_backend": "smtp",
            "mail_from": "Our Platform <news@example.org>",
            "smtp_url": SecretStr(f"smtp://127.0.0.1:{mails.port}"),
            "fcm_credentials_file": firebase.credentials(tmp_path),
            "fcm_api_url": firebase.url,
        }
        parties, dsn = Parties(google, stripe, livekit), await cluster.clone()
        async with whole(tmp_path, SECRET_KEY, parties, dsn=dsn, more=more) as made:
            office = Office(made.world, mails, firebase)
            listeners = [await office.person() for _ in range(LISTENERS)]
            devices = [await office.device(who) for who in listeners]
            async with made.system.db.transaction() as tx:
                package_id = (await makers.package(tx))["id"]
            yield Day(made, office, package_id, listeners, devices)


@pytest.mark.timeout(3600 if FULL else 240)
async def test_only_those_who_need_a_slow_party_wait(day: Day) -> None:
    for stripe, google, mail, fcm in DELAYS:
        before = dict(day.ended)
        day.beside = 0
        async with (
            held(day, min(stripe, google, mail, fcm, GOOGLE_IS_LATE)),
            busy(day),
            slow(day, stripe=stripe, google=google, mail=mail, fcm=fcm),
            asyncio.timeout(LASTS + PATIENCE),
        ):
            await asyncio.sleep(LASTS)
            # A machine that is slow itself needs longer until that has been seen which is to be seen.
            while not (day.beside and (google < GOOGLE_IS_LATE or day.ended["google: away"])):
                await asyncio.sleep(0.1)
        say(f"{stripe, google, mail, fcm} s: {dict(day.ended)} after {before}")
        say(f"{day.answered.total()} others so far; now {day.beside} of them beside many who waited")
        await all_is_done(day)
    assert day.ended["google: away"], "Google never was too late"
    await checks.all_hold(day.made)


@asynccontextmanager
async def slow(day: Day, **seconds: float) -> AsyncIterator[None]:
    """Each party takes so long while the block runs, and longer until each was asked."""
    paces = {
        "stripe": day.made.world.stripe.pace,
        "google": day.made.world.google.pace,
        "mail": day.office.mails.pace,
        "fcm": day.office.firebase.pace,
    }
    before = {name: pace.slowed for name, pace in paces.items()}
    for name, pace in paces.items():
        pace.seconds = seconds[name]
    try:
        yield
        async with asyncio.timeout(PATIENCE):
            while any(pace.slowed == before[name] for name, pace in paces.items()):
                await asyncio.sleep(0.1)
    finally:
        for pace in paces.values():
            pace.seconds = 0


@asynccontextmanager
async def busy(day: Day) -> AsyncIterator[None]:
    """Everybody is there for as long as the block takes; then each gets what they have asked for."""
    day.stop.clear()
    buyers, readers = await day.made.world.users(BUYERS), await day.made.world.users(READERS)
    async with asyncio.TaskGroup() as group:
        for number, who in enumerate(buyers):
            group.create_task(day.buy(who, Random(number)))
        for number, who in enumerate(readers):
            group.create_task(day.read(who, Random(number)))
        for number in range(VISITORS):
            group.create_task(day.visit(Random(number)))
        group.create_task(day.ask_for_codes(Random(1)))
        group.create_task(day.tell())
        try:
            yield
        finally:
            day.stop.set()


@asynccontextmanager
async def held(day: Day, least: float) -> AsyncIterator[None]:
    """See to it that no transaction stands idle while somebody outside is asked, which takes at least so long.

    One that does so on a machine that hangs is none: both servers must have answered others meanwhile.
    """
    first: dict[tuple[int, object], int] = {}
    looks, stop = 0, asyncio.Event()

    async def look() -> None:
        nonlocal looks
        while not stop.is_set():
            async with day.made.system.db.transaction() as tx:
                rows = await tx.raw(_IN_TRANSACTION)
            now = min(day.answered[number] for number in range(len(day.made.servers)))
            for row in rows:
                then = first.setdefault((row["pid"], row["state_change"]), now)
                assert row["seconds"] < 0.8 * least or now - then < 5, f"a connection is held: {dict(row)}"
            looks += 1
            await asyncio.sleep(0.2)

    async with asyncio.TaskGroup() as group:
        group.create_task(look())
        try:
            yield
        finally:
            stop.set()
    assert looks, "nobody has looked"


async def all_is_done(day: Day) -> None:
    """What was asked for is there once; mails and pushes came, however often they were tried."""
    db, things = day.made.system.db, day.made.world.stripe.things.values()
    asked = Counter(int(each["metadata"]["payment_id"]) for each in things if each["object"] == "checkout.session")
    assert asked == Counter(day.pages.keys()), "a page was made twice, or for nobody"
    async with db.transaction() as tx:
        rows = await tx.raw(
            "SELECT user_id, count(*) FROM payments WHERE user_id = ANY($1) GROUP BY 1", list(day.bought)
        )
        people = await tx.raw("SELECT google_id, id FROM users WHERE google_id = ANY($1)", list(day.came))
    assert {row["user_id"]: row["count"] for row in rows} == day.bought
    assert {row["google_id"]: {row["id"]} for row in people} == day.came
    async with asyncio.timeout(PATIENCE):
        while wrong := [*codes_that_are_missed(day), *await deliveries_that_are_missed(day)]:
            await asyncio.sleep(0.5)
    assert not wrong


def codes_that_are_missed(day: Day) -> list[str]:
    """Addresses without a mail; whoever has several has one code in them."""
    missed = []
    for email in day.coded:
        found = {code for mail in day.office.mails.to(email) for code in re.findall(r"\b\d{6}\b", part(mail, "plain"))}
        assert len(found) <= 1, f"{email} got {len(found)} codes"
        if not found:
            missed.append(email)
    return missed


async def deliveries_that_are_missed(day: Day) -> list[str]:
    """What is owed to those who were told, and was not sent or has not come."""
    missed = []
    for who, device in zip(day.listeners, day.devices, strict=True):
        rows = await day.office.deliveries(who)
        assert len(rows) == 2 * day.told, "not all is owed: a mail and a push for each"
        missed += [f"{row['channel']} {row['state']} {row['error']}" for row in rows if row["state"] != "sent"]
        pushed = {message["data"]["content_id"] for message in day.office.firebase.to(device)}
        missed += [f"push {number}" for number in range(1, day.told + 1) if str(number) not in pushed]
        if len(day.office.mails.to(who.email)) < day.told:
            missed.append(f"mails to {who.email}")
    return missed
