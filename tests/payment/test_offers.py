"""What administrators sell and give away, through the wire: packages, gifts, codes and what codes make of a price."""

from datetime import timedelta
from typing import Any

import pytest
from grpc import StatusCode

from cnt_grpc.kit import clock
from cnt_grpc.payment import currencies
from tests.harness.api import Api
from tests.harness.world import World
from tests.payment import makers


async def test_packages_are_made_changed_and_withdrawn(world: World, api: Api) -> None:
    admin = await world.user(roles={"admin"})
    wallet = api.as_(admin).wallet
    name = makers.word()
    made = (await wallet.CreateCoinPackage(name=name, coins=5, amount_minor=99, currency="EUR", position=1)).package
    changed = (await wallet.UpdateCoinPackage(package_id=made.package_id, coins=6, bonus_coins=0)).package
    assert (changed.name, changed.coins, changed.amount_minor, changed.reward_days) == (name, 6, 99, 30)
    taken = wallet.CreateCoinPackage(name=name.lower(), coins=5, amount_minor=99, currency="EUR")
    await taken.fails(StatusCode.ALREADY_EXISTS, "OFFER_NAME_TAKEN")
    odd = wallet.UpdateCoinPackage(package_id=made.package_id, currency="XXX")
    await odd.fails(StatusCode.INVALID_ARGUMENT, "CURRENCY_UNSUPPORTED")
    await wallet.DeleteCoinPackage(package_id=made.package_id)
    assert made.package_id not in {each.package_id for each in (await api.wallet.ListCoinPackages()).packages}
    sql = "SELECT action FROM audit_log WHERE target_kind = 'coin_package' AND target_id = $1 ORDER BY id"
    async with world.db.transaction() as tx:
        rows = await tx.raw(sql, made.package_id)
    assert [row["action"] for row in rows] == ["create", "update", "update"]


@pytest.mark.parametrize(
    ("codes", "price", "coins"),
    [
        ([{"value": 10}], 900, 105),
        ([{"value": 100}], 0, 105),
        ([{"kind": "fixed", "value": 200, "currency": "USD"}], 799, 105),
        ([{"kind": "fixed", "value": 2000, "currency": "USD"}], 0, 105),
        ([{"kind": "bonus_coins", "value": 7}], 999, 112),
        ([{"stackable": True}, {"kind": "fixed", "value": 100, "currency": "USD", "stackable": True}], 800, 105),
        ([{"kind": "fixed", "value": 100, "currency": "USD", "stackable": True}, {"stackable": True}], 800, 105),
    ],
)
async def test_what_codes_make_of_a_price(
    world: World, api: Api, codes: list[dict[str, Any]], price: int, coins: int
) -> None:
    ann = await world.user()
    async with world.db.transaction() as tx:
        package = await makers.package(tx, amount_minor=999, bonus_coins=5)
        words = [(await makers.code(tx, **code))["code"].lower() for code in codes]
    found = await api.as_(ann).wallet.ValidateDiscount(package_id=package["id"], discount_codes=words)
    assert (found.full_amount_minor, found.amount_minor, found.currency, found.coins) == (999, price, "USD", coins)


@pytest.mark.parametrize(
    ("given", "code", "reason"),
    [
        ({"is_mine": False}, StatusCode.NOT_FOUND, "DISCOUNT_CODE_NOT_FOUND"),
        ({"starts": 1}, StatusCode.FAILED_PRECONDITION, "DISCOUNT_CODE_EXPIRED"),
        ({"ends": -1}, StatusCode.FAILED_PRECONDITION, "DISCOUNT_CODE_EXPIRED"),
        ({"min_amount_minor": 1001, "currency": "USD"}, StatusCode.FAILED_PRECONDITION, "DISCOUNT_CODE_UNSUITABLE"),
        ({"kind": "fixed", "currency": "EUR"}, StatusCode.FAILED_PRECONDITION, "DISCOUNT_CODE_UNSUITABLE"),
        ({"other_package": True}, StatusCode.FAILED_PRECONDITION, "DISCOUNT_CODE_UNSUITABLE"),
        ({"used": 1, "max_uses": 1}, StatusCode.FAILED_PRECONDITION, "DISCOUNT_CODE_USED_UP"),
        ({"used": 1, "max_uses_per_person": 1}, StatusCode.FAILED_PRECONDITION, "DISCOUNT_CODE_USED"),
    ],
)
async def test_codes_that_do_not_do(
    world: World, api: Api, given: dict[str, Any], code: StatusCode, reason: str
) -> None:
    ann, bob = await world.users(2)
    async with world.db.transaction() as tx:
        package = await makers.package(tx)
        if "is_mine" in given:
            given = {"owner_id": bob.id}
        if days := given.pop("starts", None):
            given |= {"starts_at": clock.now() + timedelta(days=days)}
        if days := given.pop("ends", None):
            given |= {"ends_at": clock.now() + timedelta(days=days)}
        if given.pop("other_package", None):
            given |= {"package_id": (await makers.package(tx))["id"]}
        uses = given.pop("used", 0)
        row = await makers.code(tx, **given)
        for number in range(uses):
            await makers.used(tx, row["id"], ann.id, -number - row["id"])
    asking = api.as_(ann).wallet.ValidateDiscount(package_id=package["id"], discount_codes=[row["code"]])
    await asking.fails(code, reason)


async def test_codes_are_not_stacked_unless_all_may_be(world: World, api: Api) -> None:
    ann = await world.user()
    async with world.db.transaction() as tx:
        package = await makers.package(tx)
        words = [(await makers.code(tx, stackable=stackable))["code"] for stackable in (True, False)]
    asking = api.as_(ann).wallet.ValidateDiscount(package_id=package["id"], discount_codes=words)
    await asking.fails(StatusCode.FAILED_PRECONDITION, "DISCOUNT_CODES_NOT_STACKABLE")


@pytest.mark.parametrize(
    ("amount", "currency", "text"),
    [(2500, "EUR", "25.00"), (2500, "JPY", "2500"), (2500, "KWD", "2.500"), (5, "USD", "0.05"), (-5, "USD", "-0.05")],
)
def test_amounts_in_words(amount: int, currency: str, text: str) -> None:
    assert currencies.decimal(amount, currency) == text
    if amount > 0:
        assert currencies.minor(text, currency) == amount


@pytest.mark.parametrize("text", ["", "1.234", "1e3", "-1", "1,5", "٣", "1.x"])
def test_amounts_that_are_none(text: str) -> None:
    with pytest.raises(ValueError, match="no amount"):
        currencies.minor(text, "USD")
