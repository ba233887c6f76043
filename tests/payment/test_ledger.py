"""The ledger: what the database refuses, and that the books are right whatever is done in whatever order."""

from collections.abc import Sequence
from typing import Any

import asyncpg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cnt_grpc.kit.db import Database, Tx
from cnt_grpc.kit.errors import Precondition
from cnt_grpc.payment import ledger
from cnt_grpc.payment.ledger import Account, Leg
from tests.harness.world import World
from tests.payment import books, makers

PEOPLE = 3


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE ledger_entries SET amount = amount + 1",
        "DELETE FROM ledger_entries",
        "TRUNCATE ledger_entries",
        "UPDATE ledger_accounts SET balance = balance + 1 WHERE balance IS NOT NULL",
        "INSERT INTO ledger_accounts (kind, owner_id, currency, balance) VALUES ('wallet', 987654321, 'COIN', 5)",
        "INSERT INTO ledger_accounts (kind, owner_id, currency, balance) VALUES ('wallet', 0, 'COIN', 0)",
        "INSERT INTO ledger_accounts (kind, owner_id, currency) VALUES ('wallet', 987654321, 'COIN')",
        "DELETE FROM ledger_accounts WHERE id IN (SELECT account_id FROM ledger_entries)",
        (
            "INSERT INTO ledger_entries (cause, account_id, currency, amount, created_at)"
            " SELECT 'x', id, 'USD', 1, now() FROM ledger_accounts WHERE currency = 'COIN' LIMIT 1"
        ),
    ],
)
async def test_the_database_refuses_to_rewrite_the_books(world: World, sql: str) -> None:
    ann = await world.user()
    async with world.db.transaction() as tx:
        await makers.coins(tx, ann.id, 10)
    with pytest.raises(asyncpg.PostgresError):
        async with world.db.transaction() as tx:
            await tx.raw(sql)
    assert await books.wrong(world.db) == {}


@pytest.mark.parametrize("amounts", [(-5, 4), (-5,), (5,)])
async def test_an_unbalanced_set_is_not_committed(world: World, amounts: tuple[int, ...]) -> None:
    ann = await world.user()
    async with world.db.transaction() as tx:
        await makers.coins(tx, ann.id, 10)
    accounts = (ledger.wallet(ann.id), ledger.other("issued", ledger.COIN))
    with pytest.raises(asyncpg.PostgresError, match="do not sum to zero"):
        async with world.db.transaction() as tx:
            await ledger.move(tx, makers.word(), [Leg(*pair) for pair in zip(accounts, amounts, strict=False)])
    assert await books.balance(world.db, ann.id) == 10


async def test_currencies_do_not_make_up_for_each_other(world: World) -> None:
    legs = [Leg(ledger.other("stripe", "USD"), -5), Leg(ledger.other("stripe", "EUR"), 5)]
    with pytest.raises(asyncpg.PostgresError, match="do not sum to zero"):
        async with world.db.transaction() as tx:
            await ledger.move(tx, makers.word(), legs)


async def test_a_cause_moves_once(world: World) -> None:
    cause = makers.word()
    legs = [Leg(ledger.other("stripe", "USD"), -5), Leg(ledger.other("sales", "USD"), 5)]
    async with world.db.transaction() as tx:
        await ledger.move(tx, cause, legs)
    with pytest.raises(asyncpg.UniqueViolationError):
        async with world.db.transaction() as tx:
            await ledger.move(tx, cause, legs)


async def test_what_was_spent_becomes_a_debt_and_later_coins_pay_it(world: World) -> None:
    ann = await world.user()
    issued = ledger.other("issued", ledger.COIN)
    async with world.db.transaction() as tx:
        await makers.coins(tx, ann.id, 30)
    async with world.db.transaction() as tx:
        legs = await ledger.take(tx, ledger.wallet(ann.id), 100)
        await ledger.move(tx, makers.word(), [*legs, Leg(issued, 100)])
    assert (await books.balance(world.db, ann.id), await books.balance(world.db, ann.id, "debt")) == (0, -70)
    for got, wallet, debt in ((50, 0, -20), (50, 30, 0), (5, 35, 0)):
        async with world.db.transaction() as tx:
            legs = await ledger.give(tx, ledger.wallet(ann.id), got)
            await ledger.move(tx, makers.word(), [*legs, Leg(issued, -got)])
        found = (await books.balance(world.db, ann.id), await books.balance(world.db, ann.id, "debt"))
        assert found == (wallet, debt)


STEP = st.tuples(
    st.sampled_from(("purchase", "gift", "donation", "fee", "refund", "dispute", "payout", "adjustment")),
    st.integers(0, PEOPLE - 1),
    st.integers(0, PEOPLE - 1),
    st.integers(1, 60),
)
"""What happens, to whom, by whom, and how much."""


class Model:
    """What the books should say, computed without a database."""

    def __init__(self, people: Sequence[int]) -> None:
        self.people = people
        self.balances: dict[Account, int] = {}

    def give(self, account: Account, amount: int) -> None:
        owes = ledger.debt(account.owner_id, account.currency)
        repaid = min(amount, -self.balances.get(owes, 0))
        self._add(owes, repaid)
        self._add(account, amount - repaid)

    def take(self, account: Account, amount: int) -> None:
        there = min(amount, self.balances.get(account, 0))
        self._add(account, -there)
        self._add(ledger.debt(account.owner_id, account.currency), there - amount)

    def can(self, account: Account, amount: int) -> bool:
        return self.balances.get(account, 0) >= amount

    def _add(self, account: Account, amount: int) -> None:
        self.balances[account] = self.balances.get(account, 0) + amount


async def step(  # noqa: C901, PLR0917  (one case a movement)
    tx: Tx, model: Model, what: str, one: int, two: int, amount: int
) -> None:
    """Do one thing in the books, and the same in the model once it has succeeded."""
    usd, coin = ledger.earnings(one, "USD"), ledger.wallet(one)
    coin_earned = ledger.earnings(two, ledger.COIN)
    cause = makers.word()
    match what:
        case "purchase":
            legs = [*await ledger.give(tx, coin, amount), Leg(ledger.other("issued", "COIN"), -amount)]
            money = [Leg(ledger.other("stripe", "USD"), -amount), Leg(ledger.other("sales", "USD"), amount)]
            await ledger.move(tx, cause, legs + money)
            model.give(coin, amount)
        case "gift":
            share = amount // 5
            legs = [
                Leg(coin, -amount),
                Leg(coin_earned, amount - share),
                Leg(ledger.other("commission", "COIN"), share),
            ]
            if not model.can(coin, amount):
                with pytest.raises(Precondition):
                    await ledger.move(tx, cause, legs)
                raise Refused
            await ledger.move(tx, cause, legs)
            model.take(coin, amount)
            model._add(coin_earned, amount - share)
        case "donation":
            legs = [*await ledger.give(tx, usd, amount), Leg(ledger.other("stripe", "USD"), -amount)]
            await ledger.move(tx, cause, legs)
            model.give(usd, amount)
        case "fee":
            legs = [Leg(ledger.other("fees", "USD"), -amount), Leg(ledger.other("stripe", "USD"), amount)]
            await ledger.move(tx, cause, legs)
        case "refund":
            legs = [*await ledger.take(tx, coin, amount), Leg(ledger.other("issued", "COIN"), amount)]
            await ledger.move(tx, cause, legs)
            model.take(coin, amount)
        case "dispute":
            legs = [*await ledger.take(tx, usd, amount), Leg(ledger.other("stripe", "USD"), amount)]
            await ledger.move(tx, cause, legs)
            model.take(usd, amount)
        case "payout":
            legs = [Leg(usd, -amount), Leg(ledger.other("payouts", "USD"), amount)]
            if not model.can(usd, amount):
                with pytest.raises(Precondition):
                    await ledger.move(tx, cause, legs)
                raise Refused
            await ledger.move(tx, cause, legs)
            model.take(usd, amount)
        case "adjustment":
            legs = [Leg(coin_earned, amount), Leg(ledger.other("adjustments", "COIN"), -amount)]
            await ledger.move(tx, cause, legs)
            model._add(coin_earned, amount)


class Refused(Exception):
    """The step was refused, as it should be."""


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(STEP, min_size=5, max_size=40))
async def test_the_books_are_right_after_any_interleaving(world: World, steps: list[tuple[str, int, int, int]]) -> None:
    people = [(await world.user()).id for _ in range(PEOPLE)]
    model = Model(people)
    for what, one, two, amount in steps:
        try:
            async with world.db.transaction() as tx:
                await step(tx, model, what, people[one], people[two], amount)
        except Refused:
            pass
    assert await found(world.db, people) == {account: amount for account, amount in model.balances.items() if amount}
    assert await books.wrong(world.db) == {}


async def found(db: Database, people: Sequence[int]) -> dict[Account, Any]:
    """What these people have and owe, as the books say."""
    every: dict[Account, Any] = {}
    async with db.transaction() as tx:
        for person in people:
            every |= {account: amount for account, amount in (await ledger.balances(tx, person)).items() if amount}
    return every
