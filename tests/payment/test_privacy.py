"""What leaves in a person's export, and what stays when they go."""

import json
import uuid
from typing import Any

from cnt_grpc.payment.bank_vault import BankVault
from cnt_grpc.payment.paypal_payouts import PayPalPayouts
from cnt_grpc.payment.privacy import erase_person, holder
from cnt_grpc.payment.rules import sending
from cnt_grpc.payment.stripe_accounts import StripeAccounts
from tests.auth.test_export import fetched, ready
from tests.contract.effects import settled
from tests.harness.api import Api
from tests.harness.paypal import PayPalStandIn
from tests.harness.running import Running
from tests.harness.stripe import StripeStandIn
from tests.harness.world import Person, World
from tests.payment import makers


def request_id() -> str:
    return str(uuid.uuid4())


async def given(api: Api, stripe: StripeStandIn, ann: Person, bob: Person, *, is_anonymous: bool, pays: bool) -> int:
    """A donation; its id."""
    wanted: dict[str, Any] = {"recipient_id": bob.id, "amount_minor": 2500, "currency": "USD", "message": "Thank you."}
    begun = await api.as_(ann).payment.CreatePaymentIntent(**wanted, is_anonymous=is_anonymous, request_id=request_id())
    if pays:
        stripe.pay(begun.payment_intent_id)
        same: dict[str, Any] = {"payment_intent_id": begun.payment_intent_id, "request_id": request_id()}
        await api.as_(ann).payment.ConfirmDonation(**same)
    return int(begun.donation_id)


async def held(world: World, who: Person) -> dict[str, list[dict[str, Any]]]:
    """What the room has of this person."""
    found: dict[str, list[dict[str, Any]]] = {}
    async with world.db.transaction() as tx:
        async for kind, record in holder(BankVault({})).export(tx, who.id):
            found.setdefault(kind, []).append(dict(record))
    return found


async def test_an_export_does_not_tell_who_gives_without_a_name(
    world: World, api: Api, stripe: StripeStandIn, running: Running
) -> None:
    ann, cal = await world.users(2)
    bob = await world.user(fresh=True)
    hidden = await given(api, stripe, ann, bob, is_anonymous=True, pays=True)
    named = await given(api, stripe, cal, bob, is_anonymous=False, pays=True)
    await given(api, stripe, ann, bob, is_anonymous=False, pays=False)
    shown = (await api.as_(bob).payment.ListReceivedDonations()).donations
    assert [(each.donation_id, each.giver_id, each.giver_name) for each in shown] == [
        (named, cal.id, cal.name),
        (hidden, 0, ""),
    ]
    await api.as_(bob).user.RequestExport()
    _, body = await fetched(running, (await ready(api.as_(bob))).url)
    got = json.loads(body)["rooms"]["payment"]["donation_received"]
    assert [(each["id"], each["giver_id"]) for each in got] == [(hidden, None), (named, cal.id)]
    assert not {"payment_id", "recurring_donation_id"} & got[0].keys()
    mine = (await held(world, ann))["donation"]
    assert [each["giver_id"] for each in mine] == [ann.id] * 2


async def test_an_export_has_all_of_it_in_pages(
    world: World, api: Api, stripe: StripeStandIn, monkeypatch: Any
) -> None:
    from cnt_grpc.payment import privacy  # noqa: PLC0415

    monkeypatch.setattr(privacy, "_BATCH", 2)
    ann, bob = await world.users(2)
    await makers.many_donations(world, ann.id, bob.id, 5)
    await makers.purchases(world, ann.id, 3)
    _, _, ref = await makers.subscription(world, ann.id)
    of_ann, of_bob = await held(world, ann), await held(world, bob)
    assert len(of_ann["donation"]) == len(of_bob["donation_received"]) == 5
    assert len(of_ann["coin_purchase"]) == 3
    assert [each["customer_ref"] for each in of_ann["provider_customer"]] == [stripe.things[ref]["customer"]]
    assert len(of_bob["ledger_entry"]) == 5
    assert {each["owner_id"] for each in of_bob["ledger_entry"]} == {bob.id}
    for found in (of_ann, of_bob):
        for records in found.values():
            assert len({json.dumps(each, default=str) for each in records}) == len(records)


async def address_of(world: World, account_id: int) -> str:
    async with world.db.transaction() as tx:
        [row] = await tx.raw("SELECT account_id FROM payment_accounts WHERE id = $1", account_id)
    return str(row["account_id"])


async def test_the_address_of_who_leaves_goes_once_nothing_goes_there(
    world: World, api: Api, paypal: PayPalStandIn
) -> None:
    """A payout that is on its way needs it; then it goes too."""
    accounts = []
    for waits in (False, True):
        ann = await world.user(roles={"creator"}, fresh=True)
        wanted: dict[str, Any] = {"provider": "PAYMENT_METHOD_PAYPAL", "account_id": f"{makers.word()}@example.org"}
        account = (await api.as_(ann).payment.CreatePaymentAccount(**wanted)).payment_account
        accounts.append(account.payment_account_id)
        if waits:
            async with world.db.transaction() as tx:
                await makers.earned(tx, ann.id, 5000)
            asking: dict[str, Any] = {"amount": 3000, "currency": "USD", "payment_account_id": accounts[-1]}
            payout = (await api.as_(ann).payment.RequestPayout(**asking, request_id=request_id())).payout
            await settled(world)
        async with world.db.transaction() as tx:
            await erase_person(tx, ann.id)
            await tx.raw("UPDATE users SET erased_at = now() WHERE id = $1", ann.id)
    assert await address_of(world, accounts[0]) == ""
    assert await address_of(world, accounts[1]) == account.account_id
    for name, batch in paypal.payouts.items():
        if batch["items"][0]["payout_item"]["receiver"] == account.account_id:
            paypal.decide(name, "SUCCESS")
    system = world.system
    await sending.send(world.db, StripeAccounts(system.stripe), PayPalPayouts(system.paypal), payout.payout_id)
    assert await address_of(world, accounts[1]) == ""
