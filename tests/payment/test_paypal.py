"""Donations with PayPal, against a stand-in: approved, captured, returned, reversed; and whose events are believed."""

import uuid
from datetime import timedelta
from typing import Any

import pytest
from grpc import StatusCode

from cnt_grpc.kit import jobs
from cnt_grpc.kit.errors import Precondition
from cnt_grpc.payment import PayPal, tasks
from cnt_grpc.payment.paypal import Refused
from cnt_grpc.payment.paypal_events import PayPalEvents
from cnt_grpc.pb.cnt.payment.v1 import donation_pb2
from cnt_grpc.pb.cnt.payment.v1.jobs_pb2 import ReconcilePayments
from tests.contract.effects import settled
from tests.harness.api import Api
from tests.harness.paypal import EVENTS, PayPalStandIn
from tests.harness.world import Person, World
from tests.payment import books


def request_id() -> str:
    return str(uuid.uuid4())


async def begun(world: World, api: Api, **change: Any) -> tuple[Person, Person, Any]:
    """A donation with PayPal that has begun: giver, recipient, reply."""
    ann, bob = await world.users(2)
    wanted: dict[str, Any] = {
        "recipient_id": bob.id,
        "amount_minor": 2500,
        "currency": "EUR",
        "method": donation_pb2.PAYMENT_METHOD_PAYPAL,
        "request_id": request_id(),
    }
    first, again = [await api.as_(ann).payment.CreateDonation(**wanted | change) for _ in range(2)]
    assert first == again
    return ann, bob, first


async def test_an_order_is_approved_captured_and_returned(world: World, api: Api, paypal: PayPalStandIn) -> None:
    ann, bob, reply = await begun(world, api)
    assert reply.reference in reply.approval_url
    same: dict[str, Any] = {"order_id": reply.reference}
    early = api.as_(ann).payment.CaptureDonation(**same, request_id=request_id())
    await early.fails(StatusCode.FAILED_PRECONDITION, "PROVIDER_REFUSED", provider_code="ORDER_NOT_APPROVED")
    paypal.approve(reply.reference)
    stranger = api.as_(bob).payment.CaptureDonation(**same, request_id=request_id())
    await stranger.fails(StatusCode.NOT_FOUND, "DONATION_NOT_FOUND")
    for _ in range(2):
        paid = (await api.as_(ann).payment.CaptureDonation(**same, request_id=request_id())).donation
        assert (paid.status, paid.earned_minor) == (donation_pb2.PAYMENT_STATUS_SUCCEEDED, 2000)
    assert await books.balance(world.db, bob.id, "earnings", "EUR") == 2000
    admin = await world.user(roles={"admin"}, fresh=True)
    async with world.db.transaction() as tx:
        [row] = await tx.raw("SELECT payment_id FROM donations WHERE id = $1", reply.donation_id)
    wanted: dict[str, Any] = {"payment_id": row["payment_id"], "amount_minor": 1250, "reason": "Half of it"}
    refunded = await api.as_(admin).payment.RefundPayment(**wanted, request_id=request_id())
    assert refunded.refunded_minor == 1250
    assert await books.balance(world.db, bob.id, "earnings", "EUR") == 1000
    assert await books.wrong(world.db) == {}


async def test_an_event_is_believed_as_far_as_it_says_where_to_look(
    world: World, api: Api, paypal: PayPalStandIn
) -> None:
    _, bob, reply = await begun(world, api)
    paypal.capture(reply.reference)
    for kind, earned in (("PAYMENT.CAPTURE.COMPLETED", 2000), ("PAYMENT.CAPTURE.REVERSED", 0)):
        body = paypal.event(kind, reply.reference)
        if kind.endswith("REVERSED"):
            paypal.reverse(reply.reference)
        for _ in range(3):
            await api.with_(**paypal.headers(body)).payment.ReceivePaypalEvent(body={"data": body})
        await settled(world)
        assert await books.balance(world.db, bob.id, "earnings", "EUR") == earned
    assert await books.wrong(world.db) == {}


async def test_lost_events_are_repaired_by_the_reconciler(world: World, api: Api, paypal: PayPalStandIn) -> None:
    """Paid and reversed since, without a word: the list of events says so, page by page."""
    _, bob, reply = await begun(world, api)
    paypal.capture(reply.reference)
    paypal.event("PAYMENT.CAPTURE.COMPLETED", reply.reference)
    await reconciled(world)
    assert await books.balance(world.db, bob.id, "earnings", "EUR") == 2000
    paypal.reverse(reply.reference)
    paypal.event("PAYMENT.CAPTURE.REVERSED", reply.reference)
    for _ in range(EVENTS + 1):
        paypal.event("CUSTOMER.DISPUTE.UPDATED", reply.reference)
    for _ in range(2):
        await reconciled(world)
    assert await books.balance(world.db, bob.id, "earnings", "EUR") == 0
    assert await books.wrong(world.db) == {}


async def reconciled(world: World) -> None:
    """What happens every hour has happened."""
    async with world.db.transaction() as tx:
        await jobs.enqueue(tx, tasks.RECONCILE, ReconcilePayments())
    await settled(world)


async def test_a_page_elsewhere_does_not_get_our_token(world: World, paypal: PayPalStandIn) -> None:
    events = PayPalEvents(world.system.paypal)
    links = [{"rel": "next", "href": "https://example.org/v1/notifications/webhooks-events?at=50"}]
    assert events._next({"links": links}) == "/v1/notifications/webhooks-events?at=50"


@pytest.mark.parametrize(
    "cert_url",
    [
        "https://api.paypal.com.example.org/v1/notifications/certs/CERT-1",
        "https://example.org/v1/notifications/certs/CERT-1",
        "http://api.paypal.com/v1/notifications/certs/CERT-1",
        "https://api.paypal.com@example.org/v1/notifications/certs/CERT-1",
        "https://api.paypal.com:444/v1/notifications/certs/CERT-1",
        "https://api.paypal.com/elsewhere",
        "file:///etc/passwd",
        "x",
    ],
)
async def test_certificates_come_from_paypals_hosts_alone(
    world: World, api: Api, paypal: PayPalStandIn, cert_url: str
) -> None:
    _, _, reply = await begun(world, api)
    body = paypal.event("PAYMENT.CAPTURE.COMPLETED", reply.reference)
    asking = api.with_(**paypal.headers(body, cert_url=cert_url)).payment.ReceivePaypalEvent(body={"data": body})
    await asking.fails(StatusCode.INVALID_ARGUMENT, "WEBHOOK_SIGNATURE_INVALID")


async def test_a_certificate_comes_in_parts(world: World, api: Api, paypal: PayPalStandIn) -> None:
    _, bob, reply = await begun(world, api)
    paypal.capture(reply.reference)
    body = paypal.event("PAYMENT.CAPTURE.COMPLETED", reply.reference)
    cert_url = f"{paypal.url}/v1/notifications/certs/slow-{uuid.uuid4()}"
    await api.with_(**paypal.headers(body, cert_url=cert_url)).payment.ReceivePaypalEvent(body={"data": body})
    await settled(world)
    assert await books.balance(world.db, bob.id, "earnings", "EUR") == 2000


@pytest.mark.parametrize(
    ("what", "code", "reason"),
    [
        ("404", StatusCode.INVALID_ARGUMENT, "WEBHOOK_SIGNATURE_INVALID"),
        ("503", StatusCode.UNAVAILABLE, "PARTY_UNAVAILABLE"),
        ("broken", StatusCode.UNAVAILABLE, "PARTY_UNAVAILABLE"),
    ],
)
async def test_a_certificate_that_does_not_come(  # noqa: PLR0917
    world: World, api: Api, paypal: PayPalStandIn, what: str, code: StatusCode, reason: str
) -> None:
    """What PayPal does not show proves nothing, and when it is away it brings the event again."""
    _, _, reply = await begun(world, api)
    body = paypal.event("PAYMENT.CAPTURE.COMPLETED", reply.reference)
    cert_url = f"{paypal.url}/v1/notifications/certs/{what}-{uuid.uuid4()}"
    asking = api.with_(**paypal.headers(body, cert_url=cert_url)).payment.ReceivePaypalEvent(body={"data": body})
    try:
        await asking.fails(code, reason)
    finally:
        world.system.paypal.party._failures = 0


@pytest.mark.parametrize("how", ["altered", "old", "early", "another key", "no time", "no signature"])
async def test_events_that_paypal_did_not_sign_are_refused(
    world: World, api: Api, paypal: PayPalStandIn, how: str
) -> None:
    _, _, reply = await begun(world, api)
    body = paypal.event("PAYMENT.CAPTURE.COMPLETED", reply.reference)
    late = {"old": timedelta(days=4), "early": -timedelta(minutes=6)}.get(how, timedelta())
    headers = paypal.headers(body, late=late)
    if how == "another key":
        other = PayPalStandIn(url=paypal.url)
        headers = other.headers(body)
    headers |= {"no time": {"paypal_transmission_time": "x"}, "no signature": {"paypal_transmission_sig": ""}}.get(
        how, {}
    )
    sent = body + b" " if how == "altered" else body
    asking = api.with_(**headers).payment.ReceivePaypalEvent(body={"data": sent})
    await asking.fails(StatusCode.INVALID_ARGUMENT, "WEBHOOK_SIGNATURE_INVALID")


async def test_an_order_that_expired_is_told(world: World, api: Api, paypal: PayPalStandIn) -> None:
    """PayPal forgets what nobody approves within hours."""
    ann, _, reply = await begun(world, api)
    del paypal.orders[reply.reference]
    late = api.as_(ann).payment.CaptureDonation(order_id=reply.reference, request_id=request_id())
    await late.fails(StatusCode.FAILED_PRECONDITION, "PROVIDER_REFUSED", provider_code="RESOURCE_NOT_FOUND")


@pytest.mark.parametrize("status", [400, 403, 404, 409, 410, 412, 422])
async def test_whatever_paypal_refuses_with_is_a_refusal(world: World, paypal: PayPalStandIn, status: int) -> None:
    paypal.refuses_with = status
    try:
        with pytest.raises(Refused):
            await world.system.paypal.ask("GET", "/v2/checkout/orders/x")
    finally:
        paypal.refuses_with = 0


async def test_what_paypal_does_not_take(world: World, api: Api) -> None:
    ann, bob = await world.users(2)
    wanted: dict[str, Any] = {"recipient_id": bob.id, "amount_minor": 2500, "currency": "KWD", "method": 2}
    asking = api.as_(ann).payment.CreateDonation(**wanted, request_id=request_id())
    await asking.fails(StatusCode.FAILED_PRECONDITION, "PROVIDER_REFUSED", provider_code="CURRENCY_NOT_SUPPORTED")


def test_without_an_account_nothing_is_asked() -> None:
    with pytest.raises(Precondition) as refused:
        PayPal("", "", "", "https://api-m.paypal.com", "https://app.example.org").require()
    assert (refused.value.reason, refused.value.metadata) == (
        "PAYPAL_NOT_CONFIGURED", {"setting": "PAYPAL_CLIENT_ID"},
    )  # fmt: skip
