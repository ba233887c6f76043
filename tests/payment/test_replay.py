"""`cnt-grpc payments …`: what providers know and the books do not."""

import asyncio
import os
import re
import secrets
import sys
import uuid
from datetime import timedelta
from pathlib import Path

from cnt_grpc.kit import clock
from cnt_grpc.kit.db import Database
from cnt_grpc.kit.rpc.call import Caller
from cnt_grpc.payment import Replay, Stripe
from cnt_grpc.payment.provider import Begun, Seen
from cnt_grpc.payment.rules import donations, paying
from cnt_grpc.payment.rules.paying import Providers
from tests.auth import makers as people
from tests.harness.database import Cluster
from tests.harness.stripe import PUBLISHABLE_KEY, SECRET_KEY, WEBHOOK_SECRET, StripeStandIn
from tests.harness.world import World
from tests.payment import books, makers

ROOT = Path(__file__).parents[2]


async def command(folder: Path, *words: str, **settings: str) -> str:
    """What `cnt-grpc payments …` prints, with these settings and nothing else of this machine's."""
    environment = {name: value for name, value in os.environ.items() if name in {"PATH", "HOME", "LANG"}}
    environment |= {"PYTHONPATH": str(ROOT), "CNT_STATE_DIR": str(folder)} | settings
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "cnt_grpc", "payments", *words),
        cwd=folder,
        env=environment,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    async with asyncio.timeout(120):
        told, problems = await process.communicate()
    assert process.returncode == 0, problems.decode()
    return told.decode()


async def test_the_command_tells_and_then_books(cluster: Cluster, stripe: StripeStandIn, tmp_path: Path) -> None:
    """In a database of its own: it looks at everybody's."""
    dsn = await cluster.clone()
    db = await Database.open(dsn)
    try:
        intent = await stripe.make_intent(1000)
        async with db.transaction() as tx:
            ann, bob = [(await people.user(tx))["id"] for _ in range(2)]
            gift = donations.Gift(recipient_id=bob, amount_minor=1000, currency="USD", message="", is_anonymous=False)
            payment, _ = await donations.intend(tx, Caller(ann), gift, "stripe", uuid.uuid4())
        await paying.note_begun(db, payment["id"], Begun(ref=intent))
        stripe.pay(intent)
        about = {"SECRET_KEY": secrets.token_urlsafe(48), "DATABASE_URL": dsn}
        about |= {"STRIPE_SECRET_KEY": SECRET_KEY, "STRIPE_API_URL": stripe.url}
        about |= {"STRIPE_PUBLISHABLE_KEY": PUBLISHABLE_KEY, "STRIPE_WEBHOOK_SECRET": WEBHOOK_SECRET}
        told = await command(tmp_path, "replay", "--dry-run", "--days", "1", **about)
        assert f"payment {payment['id']}: status pending → succeeded" in told
        assert told.endswith("1 payments looked at, 1 to change\n")
        assert await books.balance(db, bob, "earnings", "USD") == 0
        told = await command(tmp_path, "replay", "--days", "1", **about)
        assert told.endswith("1 payments looked at, 1 changed\n")
        assert await books.balance(db, bob, "earnings", "USD") > 0
    finally:
        await db.close()


async def test_what_stripe_said_before_is_not_booked_over_what_it_says_now(world: World, stripe: StripeStandIn) -> None:
    """The answer is slow; meanwhile the money goes back, and another one has booked that."""
    ann, bob = await world.users(2)
    since = clock.now() - timedelta(milliseconds=1)
    row = await makers.donation(world, ann.id, bob.id, amount=1000, paid=True)
    providers = Providers({"stripe": world.system.stripe})

    class Slow(Stripe):
        is_first = True

        async def read(self, ref: str) -> Seen | None:
            found = await world.system.stripe.read(ref)
            if ref == row["provider_ref"] and self.is_first:
                self.is_first = False
                stripe.refund(ref, 1000)
                await paying.sync(world.db, providers, row["payment_id"])
            return found

    replay = Replay(world.db, Providers({"stripe": Slow("sk", "", "", "", "")}))
    async for _ in replay.since(since, dry=False):
        pass
    assert await books.balance(world.db, bob.id, "earnings", "USD") == 0
    assert await books.wrong(world.db) == {}


async def test_a_dry_run_tells_and_changes_nothing(world: World, stripe: StripeStandIn) -> None:
    ann, bob = await world.users(2)
    # Others have begun payments too, and what they are about is not for this one to find.
    since = clock.now() - timedelta(milliseconds=1)
    row = await makers.donation(world, ann.id, bob.id, amount=1000)
    stripe.pay(row["provider_ref"])

    async def lines(*, dry: bool) -> list[str]:
        replay = Replay(world.db, Providers({"stripe": world.system.stripe}))
        return [line async for line in replay.since(since, dry=dry) if line.startswith(f"payment {row['payment_id']}:")]

    told = await lines(dry=True)
    assert len(told) == 1
    found = re.search(rf"earnings of {bob.id} \+(\d+) USD", told[0])
    assert found is not None
    earned = int(found[1])  # by the commission in force, which other tests change
    assert await books.balance(world.db, bob.id, "earnings", "USD") == 0
    assert await lines(dry=False) == told
    assert await books.balance(world.db, bob.id, "earnings", "USD") == earned
    assert await lines(dry=False) == []
    assert await books.wrong(world.db) == {}
