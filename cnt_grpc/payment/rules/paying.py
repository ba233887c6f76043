"""How a payment is begun, looked after and returned: an intent, the provider, the result; never one inside another."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from uuid import UUID

from cnt_grpc.kit import clock
from cnt_grpc.kit.db import Database, Row, Tx
from cnt_grpc.kit.errors import NotFound, Precondition
from cnt_grpc.kit.rpc.call import Call, Caller
from cnt_grpc.payment.audited import write_down
from cnt_grpc.payment.provider import Begun, Order, Provider, Seen
from cnt_grpc.payment.queries import payments as queries
from cnt_grpc.payment.rules.settling import settle
from cnt_grpc.pb.cnt.payment.v1.reason import Reason


@dataclass(frozen=True, slots=True)
class Providers:
    """The providers by their names."""

    by_name: Mapping[str, Provider]

    def of(self, payment: Row) -> Provider:
        """The provider of a payment."""
        return self.by_name[payment["provider"]]


def request_id(call: Call, given: str) -> UUID:
    """The id under which a call moves money; the pipeline has refused calls without one."""
    return UUID(given or call.metadata["idempotency-key"])


def order(payment: Row, what: str) -> Order:
    """What somebody shall pay; under the id of the call that began it, so that a retry begins nothing new."""
    return Order(
        payment_id=payment["id"],
        user_id=payment["user_id"],
        amount_minor=payment["amount_minor"],
        currency=payment["currency"],
        what=what,
        key=f"{payment['user_id']}:{payment['request_id']}",
    )


async def begin(
    tx: Tx, *, user_id: int, purpose: str, provider: str, request_id: UUID | None, amount_minor: int, currency: str
) -> Row:
    """The intent to pay."""
    row = await tx.one(
        queries.insert_payment(),
        user_id=user_id,
        purpose=purpose,
        provider=provider,
        request_id=request_id,
        provider_ref=None,
        amount_minor=amount_minor,
        currency=currency,
        created_at=clock.now(),
    )
    assert row is not None
    return row


async def begun_before(tx: Tx, user_id: int, request_id: UUID) -> Row | None:
    """The payment that a call under this id began, and then perhaps died."""
    return await tx.one(queries.begun_by(), user_id=user_id, request_id=request_id)


async def note_begun(db: Database, payment_id: int, begun: Begun) -> None:
    """The provider has begun it."""
    await db.transact(
        lambda tx: tx.run(
            queries.set_begun(), payment_id=payment_id, provider_ref=begun.ref, checkout_ref=begun.checkout_ref
        )
    )


async def sync(db: Database, providers: Providers, payment_id: int) -> Row | None:
    """Have the provider say where a payment stands, and book it; None when the provider knows nothing of it."""
    while True:
        async with db.reading() as tx:
            payment = await tx.one(queries.payment(locked=False), payment_id=payment_id)
        if payment is None or payment["provider"] == "none":
            return payment
        ref = payment["provider_ref"] or payment["checkout_ref"]
        if ref is None:
            return None
        seen = await providers.of(payment).read(ref)
        if seen is None:
            return None
        booked = await db.transact(partial(_settle_unless_newer, payment=payment, seen=seen))
        if booked is not None:
            return booked


async def _settle_unless_newer(tx: Tx, *, payment: Row, seen: Seen) -> Row | None:
    """Book it; None when somebody else has booked meanwhile what may be newer: then the provider is asked again."""
    now = await tx.one(queries.payment(locked=True), payment_id=payment["id"])
    if now is None or now["checked_at"] != payment["checked_at"]:
        return None
    return await settle(tx, payment["id"], seen)


async def refund(
    db: Database,
    providers: Providers,
    caller: Caller,
    *,
    payment_id: int,
    amount_minor: int,
    reason: str,
    under: UUID,
) -> Row:
    """Return a payment, or a part of it. Raises NotFound and Precondition."""

    async def ask(tx: Tx) -> tuple[Row, Row]:
        payment = await tx.one(queries.payment(locked=True), payment_id=payment_id)
        if payment is None:
            raise NotFound(Reason.PAYMENT_NOT_FOUND)
        known = await tx.one(queries.refund_asked_by(), requested_by=caller.user_id, request_id=under)
        if known is not None:
            return payment, known
        left = payment["amount_minor"] - payment["reversed_minor"]
        amount = amount_minor or left
        if payment["status"] != "succeeded" or not 0 < amount <= left or payment["provider_ref"] is None:
            raise Precondition(Reason.PAYMENT_NOT_REFUNDABLE, left_minor=left)
        made = await tx.one(
            queries.insert_refund(),
            payment_id=payment_id,
            request_id=under,
            amount_minor=amount,
            reason=reason,
            requested_by=caller.user_id,
            created_at=clock.now(),
        )
        assert made is not None
        after = {"amount_minor": amount, "currency": payment["currency"]}
        write_down(tx, caller, "refund", "payment", payment_id, before={}, after=after, reason=reason)
        return payment, made

    payment, asked = await db.transact(ask)
    ref = await providers.of(payment).refund(
        payment["provider_ref"], asked["amount_minor"], payment["currency"], f"refund:{caller.user_id}:{under}"
    )
    await db.transact(lambda tx: tx.run(queries.set_refunded(), refund_id=asked["id"], provider_ref=ref))
    return await sync(db, providers, payment_id) or payment
