"""People whose money moves in every way there is: bought, given, returned, disputed, paid out, put right by hand."""

from __future__ import annotations

import asyncio
import json
import time
import uuid
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import grpc

from cnt_grpc.payment import ledger
from cnt_grpc.payment.ledger import Leg
from tests.harness.api import ApiError
from tests.payment import makers

if TYPE_CHECKING:
    from cnt_grpc.kit.db import Tx
    from tests.faults.clients import Client
    from tests.faults.whole import Whole
    from tests.harness.world import Person

CREATORS = 10
PRICE, COINS = 1000, 100
"""Of the package."""
LEAVES = 0.15
"""The part of calls whose caller goes away in the middle, and then asks again under the same id."""
SECONDS = 60.0
"""How soon what a provider has told is booked, at rest."""

_PAID = """
SELECT payment.id, payment.status, payment.request_id::text, payment.reversed_minor, -entry.amount AS booked
FROM payments AS payment
JOIN ledger_accounts AS account ON account.kind = 'stripe' AND account.owner_id = 0 AND account.currency = 'USD'
LEFT JOIN ledger_entries AS entry ON entry.cause = 'payment:' || payment.id AND entry.account_id = account.id
WHERE payment.user_id = ANY($1)
"""
_PAYOUTS = """
SELECT payout.id, payout.status, -entry.amount AS taken FROM payouts AS payout
LEFT JOIN ledger_entries AS entry ON entry.cause = 'payout:' || payout.id AND entry.owner_id = payout.user_id
WHERE payout.user_id = ANY($1)
"""


class Money:
    """Each step is one of the ways."""

    share = 3.0

    def __init__(self) -> None:
        self.acknowledged = 0
        self._whole: Whole
        self._package_id = 0
        self._gift_id = 0
        self._admin: Person
        self._creators: list[Person] = []
        self._accounts: dict[int, int] = {}
        self._people: set[int] = set()
        self._paid: dict[int, int] = {}
        """Payments that were paid at the provider and of which we were told: what each was."""
        self._intents: dict[str, int] = {}
        self._gifts: set[int] = set()
        self._payouts: dict[int, int] = {}

    async def prepare(self, whole: Whole) -> None:
        """What is sold and given, and who gets it."""
        self._whole = whole
        world = whole.world
        self._admin = await world.user(roles={"admin"}, fresh=True)
        for _ in range(CREATORS):
            creator = await world.user(roles={"creator"}, fresh=True)
            self._creators.append(creator)
            self._accounts[creator.id] = await makers.account(world, creator.id)
        async with whole.system.db.transaction() as tx:
            self._package_id = (await makers.package(tx, coins=COINS, amount_minor=PRICE))["id"]
            self._gift_id = await makers.gift(tx, price=7)
            every = [self._admin.session_id, *(creator.session_id for creator in self._creators)]
            await tx.raw("UPDATE sessions SET fresh_until = now() + interval '1 day' WHERE id = ANY($1)", every)

    async def step(self, client: Client) -> None:
        """One movement of some kind."""
        self._people.add(client.who.id)
        kinds: dict[Callable[[Client], Awaitable[None]], int] = {
            self._purchase: 3, self._gift: 4, self._donation: 3, self._refund: 2, self._dispute: 2, self._payout: 2,
            self._adjustment: 1,
        }  # fmt: skip
        [act] = client.random.choices(list(kinds), list(kinds.values()))
        await act(client)

    # -- the ways -----------------------------------------------------------------------------------------------------

    async def _purchase(self, client: Client) -> None:
        reply = await self._write(client, "wallet", "PurchaseCoins", package_id=self._package_id)
        page = reply.checkout_url.rpartition("/")[2]
        stripe = self._whole.world.stripe
        if stripe.things[page]["status"] != "open":
            return
        await self._paid_by(client, stripe.pay(page), reply.purchase.payment_id, PRICE)

    async def _donation(self, client: Client) -> None:
        creator = client.random.choice(self._creators)
        amount = client.random.randint(100, 5000)
        reply = await self._write(
            client, "payment", "CreatePaymentIntent", recipient_id=creator.id, amount_minor=amount, currency="USD"
        )
        intent = reply.payment_intent_id
        payment_id = int(self._whole.world.stripe.things[intent]["metadata"]["payment_id"])
        await self._paid_by(client, self._whole.world.stripe.pay(intent), payment_id, amount)

    async def _paid_by(self, client: Client, intent: str, payment_id: int, amount: int) -> None:
        """Bring Stripe's events, some of them twice and not in order, until each was taken."""
        await self._tell(client, intent)
        self._paid[payment_id] = amount
        self._intents[intent] = payment_id
        self.acknowledged += 1

    async def _gift(self, client: Client) -> None:
        wanted = {"gift_id": self._gift_id, "recipient_id": client.random.choice(self._creators).id}
        reply = await self._unless("INSUFFICIENT_COINS", client, "wallet", "SendGift", **wanted)
        if reply is not None:
            self._gifts.add(reply.gift.gift_transaction_id)
            self.acknowledged += 1

    async def _refund(self, client: Client) -> None:
        if not self._paid:
            return
        wanted = {
            "payment_id": client.random.choice(list(self._paid)),
            "amount_minor": client.random.randint(1, 400),
            "reason": "Asked for it",
        }
        refusals = "PAYMENT_NOT_REFUNDABLE PROVIDER_REFUSED"
        if await self._unless(refusals, client, "payment", "RefundPayment", as_=self._admin, **wanted):
            self.acknowledged += 1

    async def _dispute(self, client: Client) -> None:
        if not self._intents:
            return
        intent = client.random.choice(list(self._intents))
        stripe = self._whole.world.stripe
        dispute = stripe.dispute(intent, client.random.randint(1, 300))
        await self._tell(client, dispute)
        if client.random.random() < 0.7:
            stripe.close_dispute(dispute, client.random.choice(["won", "lost"]))
            await self._tell(client, dispute)
        self.acknowledged += 1

    async def _payout(self, client: Client) -> None:
        creator = client.random.choice(self._creators)
        amount = client.random.randint(1, 500)
        wanted = {"amount": amount, "currency": "USD", "payment_account_id": self._accounts[creator.id]}
        refusals = "INSUFFICIENT_EARNINGS PAYOUT_BLOCKED_BY_DEBT"
        reply = await self._unless(refusals, client, "payment", "RequestPayout", as_=creator, **wanted)
        if reply is not None:
            self._payouts[reply.payout.payout_id] = amount
            self.acknowledged += 1

    async def _adjustment(self, client: Client) -> None:
        cause = f"adjustment:{makers.word()}"

        async def adjust(tx: Tx) -> None:
            if await tx.raw("SELECT FROM ledger_entries WHERE cause = $1", cause):
                return
            legs = await ledger.give(tx, ledger.wallet(client.who.id), 5)
            await ledger.move(tx, cause, [*legs, Leg(ledger.other("adjustments", ledger.COIN), -5)])

        await client.through_outages(adjust)

    # -- calls --------------------------------------------------------------------------------------------------------

    async def _write(
        self, client: Client, service: str, method: str, *, as_: Person | None = None, **fields: Any
    ) -> Any:
        """A mutation whose caller sometimes goes away in the middle and asks again, under the same id."""
        request_id = str(uuid.UUID(int=client.random.getrandbits(128), version=4))
        if client.random.random() < LEAVES:
            door = client.random.choice(self._whole.doors).as_(as_ or client.who)
            call = getattr(getattr(door, service), method)(request_id=request_id, **fields).start()
            asyncio.get_running_loop().call_later(client.random.uniform(0, 0.1), call.cancel)
            with suppress(asyncio.CancelledError, grpc.aio.AioRpcError):
                await call
        return await client.ask(service, method, as_=as_, request_id=request_id, **fields)

    async def _unless(self, reasons: str, client: Client, service: str, method: str, **fields: Any) -> Any:
        """The same; None for a refusal of these reasons."""
        try:
            return await self._write(client, service, method, **fields)
        except ApiError as error:
            if error.code != grpc.StatusCode.FAILED_PRECONDITION or error.reason not in reasons.split():
                raise
            return None

    async def _tell(self, client: Client, thing: str) -> None:
        stripe = self._whole.world.stripe
        events = stripe.about(thing)
        for event in (*client.random.choices(events, k=2), events[-1]):
            body = json.dumps(event).encode()
            deadline = time.monotonic() + SECONDS
            while True:
                door = client.random.choice(self._whole.doors).with_(stripe_signature=stripe.signature(body))
                try:
                    await door.payment.ReceiveStripeEvent(body={"data": body})
                    break
                except ApiError as error:
                    self._whole.note(error)
                    # Stripe repeats whatever was not taken.
                    if time.monotonic() > deadline:
                        raise
                    await asyncio.sleep(client.random.uniform(0.02, 0.2))

    # -- afterwards ---------------------------------------------------------------------------------------------------

    async def check(self, whole: Whole) -> None:
        """What was acknowledged is there with its entries, once; what the provider knows is what is booked."""
        deadline = time.monotonic() + SECONDS
        while wrong := await self._wrong(whole):
            assert time.monotonic() < deadline, f"{len(wrong)} are not as acknowledged: {wrong[:5]}"
            await asyncio.sleep(0.2)

    async def _wrong(self, whole: Whole) -> list[str]:
        people = [*self._people, *(creator.id for creator in self._creators)]
        sql = "SELECT id FROM gift_transactions WHERE sender_id = ANY($1)"
        async with whole.system.db.transaction() as tx:
            rows = {row["id"]: row for row in await tx.raw(_PAID, people)}
            payouts = {row["id"]: row for row in await tx.raw(_PAYOUTS, people)}
            gifts = {row["id"] for row in await tx.raw(sql, people)}
        wrong = [f"gift {gift}" for gift in self._gifts - gifts]
        for payment_id, amount in self._paid.items():
            row = rows.get(payment_id)
            if row is None or (row["status"], row["booked"]) != ("succeeded", amount):
                wrong.append(f"payment {payment_id} of {amount}: {dict(row) if row else None}")
        for intent, payment_id in self._intents.items():
            taken = self._taken_back(intent)
            if payment_id in rows and rows[payment_id]["reversed_minor"] != min(self._paid[payment_id], taken):
                wrong.append(f"payment {payment_id}: {taken} went back, {dict(rows[payment_id])}")
        for payout_id, amount in self._payouts.items():
            row = payouts.get(payout_id)
            if row is None or (row["status"], row["taken"]) != ("paid", amount):
                wrong.append(f"payout {payout_id} of {amount}: {dict(row) if row else None}")
        return wrong

    def _taken_back(self, intent: str) -> int:
        things = self._whole.world.stripe.things
        disputes = [
            each for each in things.values() if each["object"] == "dispute" and each["payment_intent"] == intent
        ]
        lost: int = sum(each["amount"] for each in disputes if each["status"] != "won")
        return lost + int(things[things[intent]["latest_charge"]]["amount_refunded"])
