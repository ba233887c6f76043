"""`cnt-grpc payments …`: what providers know and the books do not."""

import re
from datetime import timedelta

from cnt_grpc.kit import clock
from cnt_grpc.payment import Replay, Stripe
from cnt_grpc.payment.provider import Seen
from cnt_grpc.payment.rules import paying
from cnt_grpc.payment.rules.paying import Providers
from tests.harness.stripe import StripeStandIn
from tests.harness.world import World
from tests.payment import books, makers


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
