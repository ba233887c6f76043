"""Stripe, by its SDK: pages and intents to pay with, where a payment stands, refunds, and the signature of events."""

import hashlib
import hmac
import json
import logging
from collections.abc import AsyncIterator, Coroutine, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from cnt_grpc.kit import clock
from cnt_grpc.kit.errors import Conflict, Invalid, Precondition
from cnt_grpc.kit.outside import Party
from cnt_grpc.payment import provider
from cnt_grpc.payment.provider import Begun, Order, Seen
from cnt_grpc.pb.cnt.common.v1.reason import Reason as CommonReason
from cnt_grpc.pb.cnt.payment.v1.reason import Reason

if TYPE_CHECKING:
    from stripe import StripeClient

TOLERANCE: Final = 300
"""Seconds by which an event's signature may be old, or early."""

_TAKEN_BACK: Final = ("needs_response", "under_review", "lost")
"""Where a dispute stands while the money is gone; inquiries (warning_…) have taken nothing yet."""

_STATUS: Final = {"succeeded": provider.SUCCEEDED, "canceled": provider.CANCELED}


@dataclass(frozen=True, slots=True)
class Event:
    """A signed event, as far as everyone needs it."""

    id: str
    type: str
    account: str
    """Of a connected account; empty for our own."""
    object: Mapping[str, Any]


@dataclass
class Stripe:
    """Stripe's API on one account."""

    secret_key: str
    publishable_key: str
    webhook_secret: str
    url: str
    frontend_url: str
    """Where payers come back to."""
    party: Party = field(default_factory=lambda: Party("stripe", timeout=12.0))
    _client: "StripeClient | None" = field(default=None, init=False)

    @property
    def name(self) -> str:
        """As it stands in payments."""
        return "stripe"

    def require(self) -> "Stripe":
        """Itself; raises Precondition when it is not configured."""
        if not self.secret_key:
            raise Precondition(
                Reason.STRIPE_NOT_CONFIGURED, "STRIPE_SECRET_KEY is not set", setting="STRIPE_SECRET_KEY"
            )
        return self

    @property
    def client(self) -> "StripeClient":
        """The SDK, imported when it is needed: it takes half a second."""
        self.require()
        if self._client is None:
            from stripe import AIOHTTPClient, StripeClient  # noqa: PLC0415

            # It writes a line for each call that goes well.
            logging.getLogger("stripe").setLevel(logging.WARNING)
            self._client = StripeClient(
                self.secret_key,
                base_addresses={"api": self.url},
                http_client=AIOHTTPClient(timeout=10),
                max_network_retries=2,
            )
        return self._client

    async def close(self) -> None:
        """Close its connections."""
        if self._client is not None:
            http: Any = self._client._requestor._client  # noqa: SLF001  (the SDK has no door for it)
            await http.close_async()

    # -- payments -----------------------------------------------------------------------------------------------------

    async def page(self, order: Order) -> Begun:
        """A page of Stripe Checkout."""
        session = await self.ask(
            self.client.v1.checkout.sessions.create_async(
                {
                    "mode": "payment",
                    "client_reference_id": str(order.payment_id),
                    "line_items": [
                        {
                            "quantity": 1,
                            "price_data": {
                                "currency": order.currency.lower(),
                                "unit_amount": order.amount_minor,
                                "product_data": {"name": order.what},
                            },
                        }
                    ],
                    "metadata": _metadata(order),
                    "payment_intent_data": {"metadata": _metadata(order)},
                    "success_url": f"{self.frontend_url}/payment/done?reference={{CHECKOUT_SESSION_ID}}",
                    "cancel_url": f"{self.frontend_url}/payment/canceled",
                },
                {"idempotency_key": order.key},
            )
        )
        return Begun(ref=id_of(session.get("payment_intent")), checkout_ref=session["id"], url=session.get("url") or "")

    async def intent(self, order: Order) -> Begun:
        """A payment that the payer's app confirms."""
        intent = await self.ask(
            self.client.v1.payment_intents.create_async(
                {
                    "amount": order.amount_minor,
                    "currency": order.currency.lower(),
                    "description": order.what,
                    "automatic_payment_methods": {"enabled": True},
                    "metadata": _metadata(order),
                },
                {"idempotency_key": order.key},
            )
        )
        return Begun(ref=intent["id"], client_secret=intent.get("client_secret") or "")

    async def read(self, ref: str) -> Seen | None:
        """Where a payment stands, by its intent or its page."""
        try:
            if ref.startswith("cs_"):
                return await self._read_page(ref)
            if ref.startswith("in_"):
                # A bill whose payment does not show yet; its subscription tells when it does.
                return None
            return await self._read_intent(ref)
        except NoSuchThing:
            return None

    async def refund(self, ref: str, amount_minor: int, currency: str, key: str) -> str:  # noqa: ARG002
        """Return money of a payment; Stripe knows the currency."""
        found = await self.ask(
            self.client.v1.refunds.create_async(
                {"payment_intent": ref, "amount": amount_minor}, {"idempotency_key": key}
            )
        )
        return str(found["id"])

    async def _read_page(self, ref: str) -> Seen:
        session = await self.ask(self.client.v1.checkout.sessions.retrieve_async(ref))
        intent = id_of(session.get("payment_intent"))
        if intent is not None:
            return await self._read_intent(intent)
        status = provider.CANCELED if session.get("status") == "expired" else provider.PENDING
        return Seen(ref=None, status=status)

    async def _read_intent(self, ref: str) -> Seen:
        intent = await self.ask(
            self.client.v1.payment_intents.retrieve_async(ref, {"expand": ["latest_charge.balance_transaction"]})
        )
        charge = intent.get("latest_charge") or {}
        if not isinstance(charge, dict):
            charge = {}
        currency = str(intent["currency"]).upper()
        fee = charge.get("balance_transaction") or {}
        same = isinstance(fee, dict) and str(fee.get("currency", "")).upper() == currency
        ours = intent.get("metadata") or {}
        disputed, of_disputes = await self._disputed(ref, currency) if charge.get("disputed") else (0, 0)
        return Seen(
            ref=intent["id"],
            status=_STATUS.get(intent["status"], provider.PENDING),
            amount_minor=int(intent.get("amount_received") or 0),
            currency=currency,
            payment_id=_number(ours.get("payment_id")),
            user_id=_number(ours.get("user_id")),
            refunded_minor=int(charge.get("amount_refunded") or 0),
            disputed_minor=disputed,
            fee_minor=(int(fee["fee"]) if same else 0) + of_disputes,
            failure=str((intent.get("last_payment_error") or {}).get("code") or ""),
        )

    async def _disputed(self, ref: str, currency: str) -> tuple[int, int]:
        """What banks have taken back of a payment, and what Stripe keeps for that; it may return it to who wins."""
        found = await self.ask(self.client.v1.disputes.list_async({"payment_intent": ref, "limit": 100}))
        taken = sum(int(each["amount"]) for each in found["data"] if each["status"] in _TAKEN_BACK)
        moved = [entry for each in found["data"] for entry in each.get("balance_transactions") or []]
        fees = sum(int(entry["fee"]) for entry in moved if str(entry["currency"]).upper() == currency)
        return taken, fees

    # -- events -------------------------------------------------------------------------------------------------------

    def event(self, body: bytes, signature: str) -> Event:
        """An event whose signature is right. Raises Invalid.

        The SDK's own check takes signatures of the future: https://docs.stripe.com/webhooks#verify-manually.
        """
        self.require()
        fields: dict[str, list[str]] = {}
        for part in signature.split(","):
            name, _, value = part.strip().partition("=")
            fields.setdefault(name, []).append(value)
        at = fields.get("t", [""])[0]
        if not at.isascii() or not at.isdigit() or abs(clock.now().timestamp() - int(at[:12])) > TOLERANCE:
            raise Invalid(Reason.WEBHOOK_SIGNATURE_INVALID)
        wanted = hmac.new(self.webhook_secret.encode(), at.encode() + b"." + body, hashlib.sha256).hexdigest().encode()
        if not any(hmac.compare_digest(wanted, given.encode()) for given in fields.get("v1", [])):
            raise Invalid(Reason.WEBHOOK_SIGNATURE_INVALID)
        return read_event(body)

    async def events(self, *, since: int) -> AsyncIterator[tuple[str, bytes]]:
        """Every event since a second of Unix time, oldest page last: its id, and its body."""
        after: str | None = None
        while True:
            query: dict[str, Any] = {"created": {"gte": since}, "limit": 100}
            if after:
                query["starting_after"] = after
            page = await self.ask(self.client.v1.events.list_async(query))  # type: ignore[arg-type]  # a plain dict
            for each in page["data"]:
                yield each["id"], json.dumps(each, default=str).encode()
                after = each["id"]
            if not page.get("has_more"):
                return

    async def ask(self, asking: Coroutine[Any, Any, Any]) -> dict[str, Any]:
        """Ask. Raises Unavailable, Precondition (NoSuchThing for what is not there) and Conflict."""
        try:
            async with self._guarded():
                answer: dict[str, Any] = (await asking).to_dict()
        finally:
            # What is not even begun, because Stripe is left alone for a while, would fill the log with complaints.
            asking.close()
        return answer

    @asynccontextmanager
    async def _guarded(self) -> AsyncIterator[None]:
        import stripe  # noqa: PLC0415

        try:
            async with self.party.call():
                try:
                    yield
                except (
                    stripe.APIConnectionError,
                    stripe.RateLimitError,
                    stripe.APIError,
                    # It does not take our key: that is ours to mend, and no fault of who calls.
                    stripe.AuthenticationError,
                ) as error:
                    raise ConnectionError(str(error.http_status)) from error
                except stripe.IdempotencyError as error:
                    if error.http_status != 409:  # noqa: PLR2004
                        raise
                    # The same was asked before and is not answered yet: its process died, and Stripe goes on.
                    raise ConnectionError("in use") from error
        except stripe.IdempotencyError as error:
            # The first try under this key said something else: what it is about has changed since, as a plan's name.
            raise Conflict(CommonReason.REQUEST_ID_REUSED) from error
        except stripe.InvalidRequestError as error:
            kind = NoSuchThing if error.http_status == 404 else Refused  # noqa: PLR2004
            raise kind(error.code or error.param or "") from error
        except (stripe.CardError, stripe.PermissionError) as error:
            raise Refused(error.code or "") from error


def read_event(body: bytes) -> Event:
    """An event's body. Raises Invalid when it is none."""
    try:
        given = json.loads(body)
        event_id, kind, thing = given["id"], given["type"], given["data"]["object"]
        if not (isinstance(event_id, str) and 0 < len(event_id) <= 255 and isinstance(kind, str)):  # noqa: PLR2004
            raise TypeError
        return Event(event_id, kind, str(given.get("account") or ""), dict(thing))
    except (ValueError, KeyError, TypeError, RecursionError):
        raise Invalid(CommonReason.MALFORMED, "the body is no event") from None


class Refused(Precondition):
    """Stripe does not take something."""

    def __init__(self, code: str) -> None:
        super().__init__(Reason.PROVIDER_REFUSED, "the provider does not take this", provider_code=code)


class NoSuchThing(Refused):
    """Stripe knows nothing by this name; or no longer, as a subscription that is over."""


def _metadata(order: Order) -> dict[str, str]:
    return {"payment_id": str(order.payment_id), "user_id": str(order.user_id)}


def id_of(thing: object) -> str | None:
    """A thing's id, whether Stripe sent it alone or the thing itself."""
    if isinstance(thing, dict):
        return str(thing["id"])
    return str(thing) if thing else None


def _number(text: object) -> int:
    return int(text) if isinstance(text, str) and text.isascii() and text.isdigit() else 0
