"""Money while servers, the worker and Postgres are killed, callers go away, and everybody spends at once."""

import asyncio
import json
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from random import Random

import grpc
import pytest

from cnt_grpc.kit.errors import Unavailable
from tests.dev.processes import slowness
from tests.faults import checks
from tests.faults.clients import Client, busy
from tests.faults.programs import Server
from tests.faults.sizes import FULL, say, size
from tests.faults.whole import Whole
from tests.faults.work.money import Money
from tests.harness.api import ApiError
from tests.harness.stripe import Thing
from tests.harness.world import Person
from tests.payment import books, makers

CLIENTS = size(200)
KILLS = size(60)
SPENDS = size(1000)
PRICE, LEFT = 7, 3
PAIRS = size(200)
CLOSED_SECONDS = 5.0


@pytest.mark.timeout(3600)
async def test_no_cent_is_lost(at_risk: Whole) -> None:
    """Half of the kills come at a moment of chance, half while a call waits for Stripe: between two of its steps."""
    random = Random(3)
    money = Money()
    await money.prepare(at_risk)
    killed: Counter[str] = Counter()
    async with looking(at_risk) as looks, busy(at_risk, [money], CLIENTS, seed=3):
        while sum(killed.values()) < KILLS:
            await asyncio.sleep(random.uniform(0.2, 1.5))
            if random.random() < 0.3:
                at_risk.postgres.kill()
                await asyncio.sleep(random.uniform(0.0, 0.5))
                await at_risk.postgres.revive()
                killed["postgres"] += 1
                continue
            victim = random.choice(at_risk.programs)
            if random.random() < 0.5:
                await asked_by_somebody(at_risk)
            victim.kill()
            await asyncio.sleep(random.uniform(0.0, 0.2))
            victim.start()
            killed[victim.name] += 1
            if isinstance(victim, Server):
                # One at a time: with both away nobody would move anything.
                await victim.serving()
    say(f"{money.acknowledged} movements by {CLIENTS} clients, {dict(killed)} killed, {looks[0]} looks at the books")
    say(f"calls ended: {dict(at_risk.ended)}")
    await checks.all_hold(at_risk, [money])
    assert looks[0], "nobody has looked at the books meanwhile"
    assert money.acknowledged


@asynccontextmanager
async def looking(whole: Whole) -> AsyncIterator[list[int]]:
    """Look at the books again and again, as each commit has left them; how often."""
    looks, stop = [0], asyncio.Event()

    async def look() -> None:
        while not stop.is_set():
            try:
                wrong = await books.wrong(whole.system.db)
            except Unavailable:
                pass
            else:
                looks[0] += 1
                assert not wrong, f"the books are wrong: {wrong}"
            await asyncio.sleep(0.3)

    async with asyncio.TaskGroup() as group:
        group.create_task(look())
        try:
            yield looks
        finally:
            stop.set()


async def asked_by_somebody(whole: Whole) -> None:
    """Return at the moment at which Stripe has the next question, and has not answered; or after a while."""
    asked = asyncio.Event()
    whole.world.stripe.on_ask = asked.set
    try:
        async with asyncio.timeout(2.0):
            await asked.wait()
    except TimeoutError:
        pass
    finally:
        whole.world.stripe.on_ask = None


@pytest.mark.timeout(600 if FULL else 120)
async def test_one_balance_is_spent_once(at_risk: Whole) -> None:
    """From both server processes at once: balance ÷ price of them succeed, and the others are told why not."""
    ann, *others = await at_risk.world.users(9)
    can = SPENDS // 3
    async with at_risk.system.db.transaction() as tx:
        await makers.coins(tx, ann.id, can * PRICE + LEFT)
        gift_id = await makers.gift(tx, price=PRICE)
    ended: Counter[str] = Counter()

    async def spend(number: int) -> None:
        client = Client(at_risk, ann, Random(number))
        try:
            await client.write("wallet", "SendGift", gift_id=gift_id, recipient_id=others[number % 8].id)
        except ApiError as error:
            ended[error.reason] += 1
        else:
            ended["OK"] += 1

    await asyncio.gather(*(spend(number) for number in range(SPENDS)))
    assert ended == {"OK": can, "INSUFFICIENT_COINS": SPENDS - can}
    assert await books.balance(at_risk.system.db, ann.id) == LEFT
    assert await books.wrong(at_risk.system.db) == {}


@pytest.mark.timeout(600 if FULL else 120)
async def test_two_who_give_to_each_other_never_meet_a_deadlock(at_risk: Whole) -> None:
    ann, bob = await at_risk.world.users(2)
    async with at_risk.system.db.transaction() as tx:
        for who in (ann, bob):
            await makers.coins(tx, who.id, PAIRS * PRICE)
        gift_id = await makers.gift(tx, price=PRICE)
    before = await deadlocks(at_risk)
    at_risk.ended.clear()

    async def give(number: int) -> None:
        sender, recipient = (ann, bob) if number % 2 else (bob, ann)
        client = Client(at_risk, sender, Random(number))
        await client.write("wallet", "SendGift", gift_id=gift_id, recipient_id=recipient.id)

    await asyncio.gather(*(give(number) for number in range(2 * PAIRS)))
    assert await deadlocks(at_risk) == before
    assert not [name for name in at_risk.ended if name.startswith((grpc.StatusCode.ABORTED.name, "INTERNAL"))]
    assert [await books.balance(at_risk.system.db, who.id) for who in (ann, bob)] == [0, 0]
    assert await books.wrong(at_risk.system.db) == {}


@pytest.mark.timeout(120)
async def test_a_plan_that_ends_closes_what_it_opened_in_every_process(at_risk: Whole) -> None:
    """From Stripe's event to the last server that still opened: five seconds, and what the machine is slower by."""
    stripe = at_risk.world.stripe
    ann = await at_risk.world.user()
    _, _, ref = await makers.subscription(at_risk.world, ann.id)
    doors = [at_risk.api(number).as_(ann).subscription for number in range(len(at_risk.servers))]
    for door in doors:
        assert list((await door.GetMySubscription()).entitlements) == ["premium"]
    # A worker that was started a moment ago is no measure: it does something else first.
    stripe.renew(ref)
    await bring(at_risk, stripe.about(ref)[-1])
    while await bills_of(at_risk, ann) < 2:
        await asyncio.sleep(0.1)
    stripe.end(ref)
    await bring(at_risk, stripe.about(ref)[-1])
    began = time.monotonic()
    for door in doors:
        while list((await door.GetMySubscription()).entitlements):
            assert time.monotonic() - began < CLOSED_SECONDS * slowness(), "still open"
            await asyncio.sleep(0.05)
    say(f"closed in every process after {time.monotonic() - began:.2f} s")


async def bring(whole: Whole, event: Thing) -> None:
    """Bring one event of Stripe."""
    body = json.dumps(event).encode()
    signed = whole.api(0).with_(stripe_signature=whole.world.stripe.signature(body))
    await signed.payment.ReceiveStripeEvent(body={"data": body})


async def bills_of(whole: Whole, who: Person) -> int:
    """How many bills of this person are booked."""
    async with whole.system.db.transaction() as tx:
        [row] = await tx.raw("SELECT count(*) FROM payments WHERE user_id = $1", who.id)
    return int(row["count"])


async def deadlocks(whole: Whole) -> int:
    """How many Postgres has met in this database."""
    async with whole.system.db.transaction() as tx:
        [row] = await tx.raw("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")
    return int(row["deadlocks"])
