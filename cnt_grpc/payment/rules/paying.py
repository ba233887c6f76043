"""How a payment is begun, looked after and returned: an intent, the provider, the result; never one inside another."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Final
from uuid import UUID

from cnt_grpc.kit import clock
from cnt_grpc.kit.db import Database, Row, Tx
from cnt_grpc.kit.errors import Conflict, NotFound, Precondition
from cnt_grpc.kit.rpc.call import Call, Caller
from cnt_grpc.payment import provider as providing
from cnt_grpc.payment.audited import write_down
from cnt_grpc.payment.provider import Begun, Order, Provider, Seen
from cnt_grpc.payment.queries import payments as queries
from cnt_grpc.payment.rules.settling import settle
from cnt_grpc.pb.cnt.common.v1.reason import Reason as CommonReason
from cnt_grpc.pb.cnt.payment.v1.reason import Reason

GOES_ON: Final = timedelta(hours=20)
"""How long a call that failed may be gone on with: providers keep our keys for a day, and later begin anew."""
GIVEN_BACK: Final = timedelta(hours=24)
"""After which what no provider was told of is given up, and the codes that it holds go back."""


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
        key=f"{payment['purpose']}:{payment['user_id']}:{payment['request_id']}",
    )


async def begin(
    tx: Tx,
    *,
    user_id: int,
    purpose: str,
    provider: str,
    request_id: UUID | None,
    amount_minor: int,
    currency: str,
    checkout_ref: str | None = None,
) -> Row:
    """The intent to pay."""
    row = await tx.one(
        queries.insert_payment(),
        user_id=user_id,
        purpose=purpose,
        provider=provider,
        request_id=request_id,
        checkout_ref=checkout_ref,
        amount_minor=amount_minor,
        currency=currency,
        created_at=clock.now(),
    )
    assert row is not None
    return row


async def begun_before(tx: Tx, user_id: int, request_id: UUID, **wanted: object) -> Row | None:
    """The payment that a call under this id began, and then perhaps died.

    Raises Conflict when that was for something else than is `wanted`, and Precondition when it is over.
    """
    row = await tx.one(queries.begun_by(), user_id=user_id, request_id=request_id)
    if row is None:
        return None
    check_same(row, **wanted)
    if row["provider"] != "none" and (row["status"] == "canceled" or is_late(row)):
        raise Precondition(Reason.PAYMENT_OVER, "what this request_id began is over: ask under a new one")
    return row


def check_same(row: Row, **wanted: object) -> None:
    """Raises Conflict when what a call began is not what another one wants under the same id."""
    if any(row[name] != value for name, value in wanted.items()):
        raise Conflict(CommonReason.REQUEST_ID_REUSED)


def is_late(row: Row) -> bool:
    """Whether what a call began can no longer be gone on with."""
    return bool(clock.now() - row["created_at"] > GOES_ON)


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
            await db.transact(partial(_note_asked, payment_id=payment_id))
            return None
        booked = await db.transact(partial(settle_unless_newer, payment=payment, seen=seen))
        if booked is not None:
            return booked


async def _note_asked(tx: Tx, payment_id: int) -> None:
    await tx.run(queries.set_checked(), payment_id=payment_id, checked_at=clock.now())


async def give_up(tx: Tx, payment_id: int) -> None:
    """End a payment of which no provider was told; what it holds, such as uses of codes, goes back."""
    row = await tx.one(queries.payment(locked=True), payment_id=payment_id)
    if row is not None and row["status"] == "created" and not (row["provider_ref"] or row["checkout_ref"]):
        await settle(tx, payment_id, Seen(ref=None, status=providing.CANCELED))


async def settle_unless_newer(tx: Tx, *, payment: Row, seen: Seen) -> Row | None:
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
            check_same(known, payment_id=payment_id, **({"amount_minor": amount_minor} if amount_minor else {}))
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
    if asked["provider_ref"] is None:
        ref = await providers.of(payment).refund(
            payment["provider_ref"], asked["amount_minor"], payment["currency"], f"refund:{caller.user_id}:{under}"
        )
        await db.transact(lambda tx: tx.run(queries.set_refunded(), refund_id=asked["id"], provider_ref=ref))
    return await sync(db, providers, payment_id) or payment
