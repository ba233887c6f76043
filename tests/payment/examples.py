"""A valid call of every method of the payment room, for the laws that run over all methods."""

import json
import secrets

from google.protobuf.message import DecodeError

from cnt_grpc.kit import clock
from cnt_grpc.kit.rpc.call import Caller
from cnt_grpc.payment.bank_vault import BankVault
from cnt_grpc.payment.queries import bank as bank_queries
from cnt_grpc.payment.rules import bank
from cnt_grpc.pb.cnt.payment.v1 import (
    discount_pb2,
    donation_pb2,
    payment_service,
    recurring_donation_pb2,
    subscription_service,
    wallet_service,
)
from tests.harness.examples import Example, Fields, Foreign, Pages
from tests.harness.paypal import PayPalStandIn
from tests.harness.stripe import StripeStandIn
from tests.harness.world import Person, World
from tests.payment import makers

OFFERS = {
    "package_id": "everyone sees what is sold",
    "gift_id": "everyone sees what is given",
}
RECIPIENT = {"recipient_id": "profiles are public; who shall not meet is answered like who does not exist"}


async def somebody(world: World, *, roles: frozenset[str] = frozenset()) -> int:
    """The id of somebody else."""
    return (await world.user(roles=roles)).id


async def to_give(world: World, who: Person) -> Fields:
    """A gift that this person can pay, for somebody who has got one before."""
    other = await somebody(world)
    async with world.db.transaction() as tx:
        await makers.coins(tx, who.id, 100)
        await makers.earned(tx, other, 1, "COIN")
        return {"gift_id": await makers.gift(tx), "recipient_id": other, "quantity": 2, "message": "For you."}


async def gifts_between(world: World, sender: int, recipient: int, number: int) -> None:
    """So many gifts from one to the other, of one moment."""
    sql = """
    INSERT INTO gift_transactions
        (gift_id, sender_id, recipient_id, quantity, coins, commission_coins, message, created_at)
    SELECT $1, $2, $3, 1, 10, 2, '', now() FROM generate_series(1, $4)
    RETURNING id
    """
    async with world.db.transaction() as tx:
        gift_id = await makers.gift(tx)
        await makers.coins(tx, sender, 10 * number)
        await makers.earned(tx, recipient, 1, "COIN")
        for row in await tx.raw(sql, gift_id, sender, recipient, number):
            cause = f"gift:{row['id']}"
            legs = [(("wallet", sender), -10), (("earnings", recipient), 8), (("commission", 0), 2)]
            await makers.moved(tx, cause, legs)


async def sent_gifts(world: World, who: Person, number: int) -> Fields:
    """Gifts that this person gave."""
    await gifts_between(world, who.id, await somebody(world), number)
    return {}


async def received_gifts(world: World, who: Person, number: int) -> Fields:
    """Gifts that this person got."""
    await gifts_between(world, await somebody(world), who.id, number)
    return {}


async def some_gifts(world: World, who: Person, number: int) -> Fields:
    """Gifts at one place of the menu."""
    async with world.db.transaction() as tx:
        for _ in range(number):
            await makers.gift(tx)
    return {}


async def some_packages(world: World, who: Person, number: int) -> Fields:
    """Packages at one place of the menu."""
    async with world.db.transaction() as tx:
        for _ in range(number):
            await makers.package(tx)
    return {}


async def codes_of_mine(world: World, who: Person, number: int) -> Fields:
    """Codes that were made for this person."""
    async with world.db.transaction() as tx:
        for _ in range(number):
            await makers.code(tx, owner_id=who.id)
    return {}


async def some_codes(world: World, who: Person, number: int) -> Fields:
    """Codes for everyone."""
    async with world.db.transaction() as tx:
        for _ in range(number):
            await makers.code(tx)
    return {}


async def to_validate(world: World, who: Person) -> Fields:
    """A package, and a code for it."""
    async with world.db.transaction() as tx:
        package, code = await makers.package(tx), await makers.code(tx)
        return {"package_id": package["id"], "discount_codes": [code["code"]]}


async def new_package(world: World, who: Person) -> Fields:
    """A package that nobody has made."""
    return {"name": makers.word(), "coins": 10, "amount_minor": 100, "currency": "EUR", "position": 9000}


async def a_package(world: World, who: Person) -> Fields:
    """A package."""
    async with world.db.transaction() as tx:
        return {"package_id": (await makers.package(tx))["id"]}


async def new_gift(world: World, who: Person) -> Fields:
    """A gift that nobody has made."""
    return {"name": makers.word(), "icon": "🌹", "price_coins": 10, "position": 9000}


async def a_gift(world: World, who: Person) -> Fields:
    """A gift."""
    async with world.db.transaction() as tx:
        return {"gift_id": await makers.gift(tx)}


async def new_code(world: World, who: Person) -> Fields:
    """A code that nobody has made."""
    return {"code": makers.word(), "kind": discount_pb2.DISCOUNT_KIND_BONUS_COINS, "value": 5}


async def a_code(world: World, who: Person) -> Fields:
    """A code."""
    async with world.db.transaction() as tx:
        return {"discount_code_id": (await makers.code(tx))["id"]}


async def a_rule(world: World, who: Person) -> Fields:
    """The commission as it is in all tests."""
    return {"kind": "COMMISSION_KIND_PERCENTAGE", "basis_points": 2000, "is_active": True}


async def to_buy(world: World, who: Person) -> Fields:
    """A package."""
    async with world.db.transaction() as tx:
        return {"package_id": (await makers.package(tx))["id"]}


async def some_purchases(world: World, who: Person, number: int) -> Fields:
    """Purchases of this person."""
    await makers.purchases(world, who.id, number)
    return {}


async def to_donate(world: World, who: Person) -> Fields:
    """Somebody to give to."""
    return {"recipient_id": await somebody(world), "amount_minor": 2500, "currency": "USD"}


async def to_give_weekly(world: World, who: Person) -> Fields:
    """Somebody to give to again and again."""
    return {**await to_donate(world, who), "interval": recurring_donation_pb2.GIVING_INTERVAL_WEEKLY}


async def a_recurring_donation(world: World, who: Person) -> int:
    """One that this person gives."""
    return await makers.recurring_donation(world, who.id, await somebody(world))


async def own_recurring_donation(world: World, who: Person) -> Fields:
    """One that this person gives."""
    return {"recurring_donation_id": await a_recurring_donation(world, who)}


async def recurring_donations(world: World, who: Person, number: int) -> Fields:
    """Those that this person gives."""
    other = await somebody(world)
    for _ in range(number):
        await makers.recurring_donation(world, who.id, other, has_page=False)
    return {}


async def at_paypal(world: World, who: Person) -> Fields:
    """An account at PayPal that nobody else has."""
    return {"provider": donation_pb2.PAYMENT_METHOD_PAYPAL, "account_id": f"{makers.word().lower()}@example.org"}


async def begun_donation(world: World, who: Person) -> str:
    """What Stripe calls a donation that this person has begun."""
    return str((await makers.donation(world, who.id, await somebody(world)))["provider_ref"])


async def to_confirm(world: World, who: Person) -> Fields:
    """A donation that this person has begun."""
    return {"payment_intent_id": await begun_donation(world, who)}


async def a_donation(world: World, who: Person) -> int:
    """A donation that this person gave."""
    return int((await makers.donation(world, who.id, await somebody(world), paid=True))["id"])


async def own_donation(world: World, who: Person) -> Fields:
    """A donation that this person gave."""
    return {"donation_id": await a_donation(world, who)}


async def sent_donations(world: World, who: Person, number: int) -> Fields:
    """Donations that this person gave."""
    await makers.many_donations(world, who.id, await somebody(world), number)
    return {}


async def received_donations(world: World, who: Person, number: int) -> Fields:
    """Donations that this person got."""
    await makers.many_donations(world, await somebody(world), who.id, number)
    return {}


async def all_donations(world: World, who: Person, number: int) -> Fields:
    """Donations between others."""
    await makers.many_donations(world, await somebody(world), await somebody(world), number)
    return {}


async def to_be_given_to(world: World, who: Person) -> Fields:
    """Somebody."""
    return {"user_id": await somebody(world)}


async def to_refund(world: World, who: Person) -> Fields:
    """A payment of somebody."""
    row = await makers.donation(world, await somebody(world), await somebody(world), paid=True)
    return {"payment_id": row["payment_id"], "amount_minor": 100, "reason": "They asked for it."}


async def an_event(world: World, who: Person) -> Fields:
    """An event that calls for nothing."""
    event = {"id": f"evt_{makers.word()}", "type": "ping", "data": {"object": {}}}
    return {"body": {"content_type": "application/json", "data": json.dumps(event).encode()}}


def signed_by_stripe(request: bytes) -> dict[str, str]:
    """The signature of an event."""
    try:
        body = donation_pb2.ReceiveStripeEventRequest.FromString(request).body.data
    except DecodeError:
        body = b""
    return {"stripe_signature": StripeStandIn().signature(body)}


def bank_fields() -> Fields:
    """Bank details that nobody else has."""
    number = secrets.randbelow(10**10)
    return {
        "account_number": f"9{number:010}77",
        "ifsc_code": f"HDFC0{number % 10**6:06}",
        "swift_code": "HDFCINBB" + makers.word()[-3:],
        "bank_name": f"Bank {makers.word()}",
        "account_holder_name": f"Holder {makers.word()}",
        "branch_name": f"Branch {makers.word()}",
    }


async def new_bank_details(world: World, who: Person) -> Fields:
    """Bank details to keep."""
    return {"bank_details": bank_fields()}


async def with_bank_details(world: World, who: Person) -> Fields:
    """This person's bank details, which are kept."""
    vault = BankVault(world.system.settings.bank_key_ring())
    async with world.db.transaction() as tx:
        if await tx.one(bank_queries.own_details(locked=False), owner_id=who.id) is None:
            await bank.create(tx, vault, Caller(who.id), dict(bank_fields()))
    return {}


async def other_bank_details(world: World, who: Person) -> Fields:
    """Other bank details than those that are kept."""
    await with_bank_details(world, who)
    return {"bank_details": bank_fields()}


async def somebodys_bank_details(world: World, who: Person) -> Fields:
    """Somebody's bank details, and why."""
    other = await world.user()
    await with_bank_details(world, other)
    return {"user_id": other.id}


async def to_look_at(world: World, who: Person) -> Fields:
    """Somebody's bank details, and why."""
    return {**await somebodys_bank_details(world, who), "reason": "A payout came back."}


async def with_account(world: World, who: Person) -> Fields:
    """An account of this person at Stripe."""
    await makers.account(world, who.id)
    return {}


async def an_account(world: World, who: Person) -> int:
    """An account of this person; its id."""
    return await makers.account(world, who.id)


async def own_account(world: World, who: Person) -> Fields:
    """An account of this person."""
    return {"payment_account_id": await makers.account(world, who.id)}


async def to_pay_out(world: World, who: Person) -> Fields:
    """Earnings, and where they can go."""
    account_id = await makers.account(world, who.id)
    async with world.db.transaction() as tx:
        await makers.earned(tx, who.id, 5000)
    return {"amount": 1000, "currency": "USD", "payment_account_id": account_id}


async def some_payouts(world: World, who: Person, number: int) -> Fields:
    """Payouts of this person that are over."""
    account_id = await makers.account(world, who.id)
    sql = """
    INSERT INTO payouts (user_id, payment_account_id, amount_minor, currency, coins, status, created_at)
    SELECT $1, $2, 100, 'USD', 0, 'failed', now() FROM generate_series(1, $3)
    """
    async with world.db.transaction() as tx:
        await tx.raw(sql, who.id, account_id, number)
    return {}


async def a_plan(world: World, who: Person) -> Fields:
    """A plan."""
    async with world.db.transaction() as tx:
        return {"plan_id": await makers.plan(tx)}


async def new_plan(world: World, who: Person) -> Fields:
    """A plan that nobody has made."""
    return {"name": makers.word(), "amount_minor": 100, "currency": "EUR", "interval": 1, "position": 9000}


async def some_plans(world: World, who: Person, number: int) -> Fields:
    """Plans at one place of the menu."""
    async with world.db.transaction() as tx:
        for _ in range(number):
            await makers.plan(tx)
    return {}


SUBSCRIPTIONS: dict[int, tuple[int, str, str]] = {}
"""For each person the one subscription that they may have."""


async def subscription_of(world: World, who: Person) -> tuple[int, str, str]:
    """This person's subscription: its id, its page, and Stripe's name of it."""
    if who.id not in SUBSCRIPTIONS:
        SUBSCRIPTIONS[who.id] = await makers.subscription(world, who.id)
    return SUBSCRIPTIONS[who.id]


async def subscribed(world: World, who: Person) -> Fields:
    """This person has subscribed."""
    await subscription_of(world, who)
    return {}


async def to_verify(world: World, who: Person) -> Fields:
    """What this person began."""
    return {"reference": (await subscription_of(world, who))[1]}


WALLET = {
    "PurchaseCoins": Example(given=to_buy, open_ids={"package_id": OFFERS["package_id"]}),
    "ListPurchases": Example(pages=Pages(some_purchases, "purchases", key="payment_id")),
    "GetWallet": Example(),
    "ListCoinPackages": Example(pages=Pages(some_packages, "packages", key="package_id")),
    "ListGifts": Example(pages=Pages(some_gifts, "gifts", key="gift_id")),
    "SendGift": Example(
        given=to_give, open_ids={"gift_id": OFFERS["gift_id"], **RECIPIENT, "stream_id": "streams are public"}
    ),
    "ListGiftsSent": Example(pages=Pages(sent_gifts, "gifts", key="gift_transaction_id")),
    "ListGiftsReceived": Example(role="creator", pages=Pages(received_gifts, "gifts", key="gift_transaction_id")),
    "ValidateDiscount": Example(given=to_validate, open_ids={"package_id": OFFERS["package_id"]}),
    "ListMyDiscountCodes": Example(pages=Pages(codes_of_mine, "discount_codes", key="discount_code_id")),
    "GetLatestReward": Example(),
    "ListAllCoinPackages": Example(role="admin", pages=Pages(some_packages, "packages", key="package_id")),
    "CreateCoinPackage": Example(given=new_package, role="admin"),
    "UpdateCoinPackage": Example(given=a_package, role="admin"),
    "DeleteCoinPackage": Example(given=a_package, role="admin"),
    "ListAllGifts": Example(role="admin", pages=Pages(some_gifts, "gifts", key="gift_id")),
    "CreateGift": Example(given=new_gift, role="admin"),
    "UpdateGift": Example(given=a_gift, role="admin"),
    "DeleteGift": Example(given=a_gift, role="admin"),
    "ListDiscountCodes": Example(role="admin", pages=Pages(some_codes, "discount_codes", key="discount_code_id")),
    "CreateDiscountCode": Example(given=new_code, role="admin"),
    "UpdateDiscountCode": Example(given=a_code, role="admin"),
    "DeleteDiscountCode": Example(given=a_code, role="admin"),
}


async def a_year(world: World, who: Person) -> Fields:
    """This year."""
    return {"year": clock.now().year}


async def to_donate_somehow(world: World, who: Person) -> Fields:
    """Somebody to give to with PayPal."""
    return {**await to_donate(world, who), "method": donation_pb2.PAYMENT_METHOD_PAYPAL}


async def an_order(world: World, who: Person) -> str:
    """An order that this person has begun and approved."""
    return await makers.order(world, who.id, await somebody(world))


async def to_capture(world: World, who: Person) -> Fields:
    """An order that this person has begun and approved."""
    return {"order_id": await an_order(world, who)}


async def an_event_of_paypal(world: World, who: Person) -> Fields:
    """An event that calls for nothing."""
    event = {"id": f"WH-{makers.word()}", "event_type": "PING", "resource": {}}
    _PAYPAL.append(world.paypal)
    return {"body": {"content_type": "application/json", "data": json.dumps(event).encode()}}


_PAYPAL: list[PayPalStandIn] = []
"""The stand-in whose certificate the server can fetch."""


def signed_by_paypal(request: bytes) -> dict[str, str]:
    """The signature of an event."""
    try:
        body = donation_pb2.ReceivePaypalEventRequest.FromString(request).body.data
    except DecodeError:
        body = b""
    return _PAYPAL[-1].headers(body) if _PAYPAL else {}


DONATION = Foreign("donation_id", a_donation, "DONATION_NOT_FOUND")

PAYMENT = {
    "CreatePaymentIntent": Example(given=to_donate, open_ids=RECIPIENT),
    "CreateDonation": Example(given=to_donate_somehow, open_ids=RECIPIENT),
    "CaptureDonation": Example(
        given=to_capture, foreign=Foreign("order_id", an_order, "DONATION_NOT_FOUND", unknown="UNKNOWN")
    ),
    "ReceivePaypalEvent": Example(given=an_event_of_paypal, signed=signed_by_paypal),
    "ConfirmDonation": Example(
        given=to_confirm,
        foreign=Foreign("payment_intent_id", begun_donation, "DONATION_NOT_FOUND", unknown="pi_unknown"),
    ),
    "ListSentDonations": Example(pages=Pages(sent_donations, "donations", key="donation_id")),
    "ListReceivedDonations": Example(pages=Pages(received_donations, "donations", key="donation_id")),
    "ListAllDonations": Example(role="admin", pages=Pages(all_donations, "donations", key="donation_id")),
    "GetDonationEligibility": Example(
        given=to_be_given_to, open_ids={"user_id": "profiles are public; who shall not meet does not exist"}
    ),
    "CreateRecurringDonation": Example(given=to_give_weekly, open_ids=RECIPIENT),
    "ListRecurringDonations": Example(
        pages=Pages(recurring_donations, "recurring_donations", key="recurring_donation_id")
    ),
    "DeleteRecurringDonation": Example(
        given=own_recurring_donation,
        foreign=Foreign("recurring_donation_id", a_recurring_donation, "RECURRING_DONATION_NOT_FOUND"),
    ),
    "GetGivingStatement": Example(given=a_year, heavy=True),
    "GetDonation": Example(given=own_donation, foreign=DONATION),
    "GetDonationReceipt": Example(given=own_donation, foreign=DONATION, heavy=True),
    "RefundPayment": Example(given=to_refund, role="admin"),
    "CreateConnectAccount": Example(),
    "CreateOnboardingLink": Example(given=with_account),
    "GetConnectStatus": Example(given=with_account),
    "GetUserConnectStatus": Example(
        given=to_be_given_to, open_ids={"user_id": "profiles are public; who shall not meet does not exist"}
    ),
    "GetDashboardLink": Example(given=with_account),
    "ListPaymentAccounts": Example(role="creator", given=with_account),
    "CreatePaymentAccount": Example(
        role="creator", given=at_paypal, open_ids={"account_id": "a name of the provider's, whom we ask whose it is"}
    ),
    "DeletePaymentAccount": Example(
        role="creator",
        given=own_account,
        foreign=Foreign("payment_account_id", an_account, "PAYMENT_ACCOUNT_NOT_FOUND"),
    ),
    "GetCreatorPayout": Example(role="creator"),
    "RequestPayout": Example(
        role="creator",
        given=to_pay_out,
        foreign=Foreign("payment_account_id", an_account, "PAYMENT_ACCOUNT_NOT_FOUND"),
    ),
    "ListPayouts": Example(role="creator", pages=Pages(some_payouts, "payouts", key="payout_id")),
    "ReceiveStripeEvent": Example(given=an_event, signed=signed_by_stripe),
    "GetBankDetails": Example(given=with_bank_details),
    "CreateBankDetails": Example(given=new_bank_details),
    "UpdateBankDetails": Example(given=other_bank_details),
    "DeleteBankDetails": Example(given=with_bank_details),
    "GetUserBankDetails": Example(given=to_look_at, role="admin"),
    "VerifyBankDetails": Example(given=somebodys_bank_details, role="admin"),
    "GetCommission": Example(role="admin"),
    "UpdateCommission": Example(given=a_rule, role="admin"),
}

PLANS = {"plan_id": "everyone sees the plans"}

SUBSCRIPTION = {
    "ListPlans": Example(pages=Pages(some_plans, "plans", key="plan_id")),
    "GetMySubscription": Example(given=subscribed),
    "CheckoutSubscription": Example(given=a_plan, open_ids=PLANS),
    "VerifySubscription": Example(given=to_verify),
    "CancelSubscription": Example(given=subscribed),
    "OpenPortal": Example(given=subscribed),
    "ListAllPlans": Example(role="admin", pages=Pages(some_plans, "plans", key="plan_id")),
    "CreatePlan": Example(role="admin", given=new_plan),
    "UpdatePlan": Example(role="admin", given=a_plan),
    "DeletePlan": Example(role="admin", given=a_plan),
}

EXAMPLES = {
    **{f"{subscription_service.SERVICE}/{name}": example for name, example in SUBSCRIPTION.items()},
    **{f"{wallet_service.SERVICE}/{name}": example for name, example in WALLET.items()},
    **{f"{payment_service.SERVICE}/{name}": example for name, example in PAYMENT.items()},
}
