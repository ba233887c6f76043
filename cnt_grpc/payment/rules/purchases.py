"""Buying coins: the price is the server's, codes are reserved, and the coins come when the provider says so."""

from collections.abc import Sequence
from uuid import UUID

from cnt_grpc.kit import clock
from cnt_grpc.kit.db import Database, Row, Tx
from cnt_grpc.kit.errors import Conflict, Precondition
from cnt_grpc.kit.paging import Page
from cnt_grpc.kit.rpc.call import Caller
from cnt_grpc.payment import provider
from cnt_grpc.payment.provider import Seen
from cnt_grpc.payment.queries import discounts as discount_queries
from cnt_grpc.payment.queries import payments as queries
from cnt_grpc.payment.rules import discounts, packages, paying
from cnt_grpc.payment.rules.settling import settle
from cnt_grpc.payment.stripe_api import Stripe
from cnt_grpc.pb.cnt.common.v1.reason import Reason as CommonReason
from cnt_grpc.pb.cnt.payment.v1.reason import Reason


async def buy(
    db: Database, stripe: Stripe, caller: Caller, *, package_id: int, codes: Sequence[str], under: UUID
) -> tuple[Row, Row, str]:
    """Begin to buy a package: the payment, what it gives, and where to pay ("" when nothing is left to pay).

    Raises NotFound and Precondition.
    """

    async def intend(tx: Tx) -> tuple[Row, Row]:
        begun = await paying.begun_before(tx, caller.user_id, under, purpose="coins")
        payment = begun or await _intend(tx, stripe, caller, package_id=package_id, codes=codes, under=under)
        purchase = await tx.one(queries.purchase(), payment_id=payment["id"])
        assert purchase is not None
        if begun is not None:
            used = await tx.value(discount_queries.codes_for(), payment_id=payment["id"])
            paying.check_same(purchase, package_id=package_id)
            if set(used) != set(discounts.typed(codes)):
                raise Conflict(CommonReason.REQUEST_ID_REUSED)
        return payment, purchase

    payment, purchase = await db.transact(intend)
    if payment["provider"] == "none":
        return payment, purchase, ""
    what = f"{purchase['package_name']}: {purchase['coins']} coins"
    try:
        begun = await stripe.page(paying.order(payment, what))
    except Precondition:
        refused = Seen(ref=None, status=provider.CANCELED)
        await db.transact(lambda tx: settle(tx, payment["id"], refused))
        raise
    await paying.note_begun(db, payment["id"], begun)
    return payment, purchase, begun.url


async def _intend(tx: Tx, stripe: Stripe, caller: Caller, *, package_id: int, codes: Sequence[str], under: UUID) -> Row:
    package = await packages.sold(tx, package_id)
    price = await discounts.priced(tx, caller.user_id, package, codes, reserving=True)
    if price.amount_minor:
        stripe.require()
    payment = await paying.begin(
        tx,
        user_id=caller.user_id,
        purpose="coins",
        provider=stripe.name if price.amount_minor else "none",
        request_id=under,
        amount_minor=price.amount_minor,
        currency=price.currency,
    )
    await tx.run(
        queries.insert_purchase(),
        payment_id=payment["id"],
        package_id=package_id,
        package_name=package["name"],
        coins=price.coins,
        full_amount_minor=price.full_amount_minor,
    )
    for code_id in price.code_ids:
        if await tx.value(discount_queries.count_use(), discount_code_id=code_id) is None:
            raise Precondition(Reason.DISCOUNT_CODE_USED_UP)
        await tx.run(
            discount_queries.insert_use(),
            code_id=code_id,
            user_id=caller.user_id,
            payment_id=payment["id"],
            created_at=clock.now(),
        )
    if price.amount_minor:
        return payment
    paid = Seen(ref=None, status=provider.SUCCEEDED, currency=price.currency)
    return await settle(tx, payment["id"], paid)


async def listed(tx: Tx, caller: Caller, page: Page) -> tuple[list[Row], str]:
    """A page of the caller's purchases."""
    stmt = queries.purchases_page(page.limit, after=not page.is_first)
    rows = await tx.all(stmt, caller_id=caller.user_id, **page.params)
    return page.cut(rows, key=lambda row: (row["id"],))
