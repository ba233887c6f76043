"""A valid call of every method of the payment room, for the laws that run over all methods."""

from cnt_grpc.pb.cnt.payment.v1 import discount_pb2, payment_service, wallet_service
from tests.harness.examples import Example, Fields, Pages
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


WALLET = {
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

PAYMENT = {
    "GetCommission": Example(role="admin"),
    "UpdateCommission": Example(given=a_rule, role="admin"),
}

EXAMPLES = {
    **{f"{wallet_service.SERVICE}/{name}": example for name, example in WALLET.items()},
    **{f"{payment_service.SERVICE}/{name}": example for name, example in PAYMENT.items()},
}
