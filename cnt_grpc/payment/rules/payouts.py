"""Payouts: earnings leave the balance when they are asked for, and come back when the provider refuses."""

from dataclasses import dataclass
from datetime import datetime

from cnt_grpc import auth
from cnt_grpc.kit import clock
from cnt_grpc.kit.db import Database, Row, Tx
from cnt_grpc.kit.errors import Conflict, NotFound, Precondition
from cnt_grpc.kit.paging import Page
from cnt_grpc.kit.rpc.call import Caller
from cnt_grpc.payment import currencies, ledger, tasks
from cnt_grpc.payment.ledger import COIN, Leg
from cnt_grpc.payment.paypal_payouts import PayPalPayouts
from cnt_grpc.payment.queries import creators as queries
from cnt_grpc.payment.rules import commission
from cnt_grpc.payment.stripe_accounts import Standing, StripeAccounts
from cnt_grpc.pb.cnt.payment.v1.reason import Reason


@dataclass(frozen=True, slots=True)
class Earned:
    """What a creator has in one currency."""

    currency: str
    available: int
    debt: int
    worth_minor: int
    worth_currency: str


async def open_account(db: Database, accounts: StripeAccounts, caller: Caller, country: str) -> Row:
    """Make the caller an account at Stripe. Raises Conflict when there is one."""
    accounts.stripe.require()
    async with db.reading() as tx:
        if await tx.one(queries.own_account_with(), owner_id=caller.user_id, provider="stripe"):
            raise Conflict(Reason.PAYMENT_ACCOUNT_EXISTS)
        since: datetime = await tx.value(queries.member_since(), owner_id=caller.user_id)
    # One account for each person, however often they ask and die in between; and never that of somebody who had the
    # same number before the database was restored.
    key = f"account:{caller.user_id}:{since:%Y%m%d%H%M%S%f}:{country}"
    made = await accounts.create(caller.user_id, country, key)
    return await db.transact(lambda tx: _keep(tx, caller, "stripe", made))


async def add_account(
    db: Database, accounts: StripeAccounts, paypal: PayPalPayouts, caller: Caller, *, provider: str, account_id: str
) -> Row:
    """Use another account. Raises Conflict when there is one of this provider, NotFound, Invalid and Precondition."""
    if provider == "paypal":
        paypal.paypal.require()
        # PayPal tells nobody whether there is such an account: money that is not claimed comes back.
        found = Standing(paypal.receiver(account_id), details_submitted=True, payouts_enabled=True)
    else:
        accounts.stripe.require()
        found = await accounts.standing_of(account_id.strip(), caller.user_id)
    return await db.transact(lambda tx: _keep(tx, caller, provider, found))


async def _keep(tx: Tx, caller: Caller, provider: str, found: Standing) -> Row:
    row = await tx.one(
        queries.insert_account(),
        user_id=caller.user_id,
        provider=provider,
        account_id=found.account_id,
        is_active=found.payouts_enabled,
        details_submitted=found.details_submitted,
        created_at=clock.now(),
    )
    assert row is not None
    return row


async def own_at_stripe(db: Database, caller: Caller) -> Row:
    """The caller's account at Stripe. Raises NotFound."""
    async with db.reading() as tx:
        row = await tx.one(queries.own_account_with(), owner_id=caller.user_id, provider="stripe")
    if row is None:
        raise NotFound(Reason.PAYMENT_ACCOUNT_NOT_FOUND)
    return row


async def standing(db: Database, accounts: StripeAccounts, account_id: str) -> Standing:
    """How an account stands, as Stripe says now; noted."""
    found = await accounts.standing(account_id)
    await db.transact(
        lambda tx: tx.run(
            queries.set_standing(),
            provider="stripe",
            account_id=account_id,
            is_active=found.payouts_enabled,
            details_submitted=found.details_submitted,
        )
    )
    return found


async def can_be_paid(tx: Tx, caller: Caller, user_id: int) -> bool:
    """Whether money can go to somebody's account at Stripe, as Stripe has said last. Raises NotFound."""
    await auth.visible_person(tx, caller.user_id, user_id)
    row = await tx.one(queries.own_account_with(), owner_id=user_id, provider="stripe")
    return bool(row and row["is_active"])


async def accounts_of(tx: Tx, caller: Caller) -> list[Row]:
    """The caller's accounts: one of each provider at most."""
    return await tx.all(queries.own_accounts(), owner_id=caller.user_id)


async def delete_account(tx: Tx, caller: Caller, account_id: int) -> None:
    """Use an account no longer. Raises NotFound."""
    found = await tx.value(queries.delete_account(), owner_id=caller.user_id, payment_account_id=account_id)
    if found is None:
        raise NotFound(Reason.PAYMENT_ACCOUNT_NOT_FOUND)


async def earned(tx: Tx, caller: Caller) -> tuple[list[Earned], list[Row]]:
    """What the caller has earned, by currency, and where it can go."""
    balances = await ledger.balances(tx, caller.user_id)
    rule = await commission.in_force(tx)
    every = sorted({account.currency for account in balances if account.kind in {"earnings", "debt"}})
    found = []
    for currency in every:
        available = balances.get(ledger.earnings(caller.user_id, currency), 0)
        is_coin = currency == COIN
        found.append(
            Earned(
                currency=currency,
                available=available,
                debt=-balances.get(ledger.debt(caller.user_id, currency), 0),
                worth_minor=worth(rule, available) if is_coin else 0,
                worth_currency=rule["coin_currency"] if is_coin else "",
            )
        )
    accounts = await accounts_of(tx, caller)
    return found, accounts


def worth(rule: Row, coins: int) -> int:
    """What coins are worth now, in minor units, rounded down."""
    return coins * int(rule["minor_per_thousand_coins"]) // 1000


async def request(tx: Tx, caller: Caller, amount: int, currency: str, account_id: int) -> Row:
    """Take earnings out of the balance and have them sent. Raises NotFound, Precondition and Invalid."""
    account = await tx.one(queries.own_account(), owner_id=caller.user_id, payment_account_id=account_id)
    if account is None:
        raise NotFound(Reason.PAYMENT_ACCOUNT_NOT_FOUND)
    if not account["is_active"]:
        raise Precondition(Reason.PAYMENT_ACCOUNT_INACTIVE, "the provider wants to know more about this account first")
    if any(kind == "debt" and owed for (kind, _, _), owed in (await ledger.balances(tx, caller.user_id)).items()):
        raise Precondition(Reason.PAYOUT_BLOCKED_BY_DEBT)
    rule = await commission.in_force(tx)
    is_coin = currency == COIN
    money = worth(rule, amount) if is_coin else amount
    in_currency = rule["coin_currency"] if is_coin else currencies.check(currency)
    if money <= 0:
        raise Precondition(Reason.INSUFFICIENT_EARNINGS, "these coins are worth nothing")
    row = await tx.one(
        queries.insert_payout(),
        user_id=caller.user_id,
        payment_account_id=account_id,
        amount_minor=money,
        currency=in_currency,
        coins=amount if is_coin else 0,
        created_at=clock.now(),
    )
    assert row is not None
    await ledger.move(tx, f"payout:{row['id']}", legs(row))
    await tasks.send_later(tx, row["id"])
    return row


def legs(payout: Row) -> list[Leg]:
    """Earnings become money on its way; coins by exchange."""
    amount, currency, user_id = payout["amount_minor"], payout["currency"], payout["user_id"]
    on_its_way = Leg(ledger.other("payouts", currency), amount)
    if not payout["coins"]:
        return [Leg(ledger.earnings(user_id, currency), -amount), on_its_way]
    return [
        Leg(ledger.earnings(user_id, COIN), -payout["coins"]),
        Leg(ledger.other("exchange", COIN), payout["coins"]),
        Leg(ledger.other("exchange", currency), -amount),
        on_its_way,
    ]


async def listed(tx: Tx, caller: Caller, page: Page) -> tuple[list[Row], str]:
    """A page of the caller's payouts."""
    rows = await tx.all(
        queries.payouts_page(page.limit, after=not page.is_first), owner_id=caller.user_id, **page.params
    )
    return page.cut(rows, key=lambda row: (row["id"],))
