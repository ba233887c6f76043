"""PayPal, by plain HTTP: orders and their capture, where a payment stands, and refunds."""

import asyncio
import base64
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import aiohttp
from cryptography import x509

from cnt_grpc.kit.errors import Precondition
from cnt_grpc.kit.outside import Party
from cnt_grpc.payment import currencies, provider
from cnt_grpc.payment.provider import Begun, Order, Seen
from cnt_grpc.pb.cnt.payment.v1.reason import Reason

_REFUSED: Final = 400
"""The least status of an answer that is none."""


class Refused(Precondition):
    """PayPal does not take something."""

    def __init__(self, answer: Mapping[str, Any]) -> None:
        details = answer.get("details") or [{}]
        code = details[0].get("issue") or answer.get("name") or ""
        super().__init__(Reason.PROVIDER_REFUSED, "the provider does not take this", provider_code=code)
        self.answer = answer
        """In full, as PayPal gave it."""


class NoSuchThing(Refused):
    """PayPal knows nothing by this name; or no longer, as an order that nobody approved in time."""


@dataclass
class PayPal:
    """PayPal's API on one account."""

    client_id: str
    client_secret: str
    webhook_id: str
    url: str
    frontend_url: str
    party: Party = field(default_factory=lambda: Party("paypal", timeout=12.0))
    _session: aiohttp.ClientSession | None = field(default=None, init=False)
    _token: tuple[str, float] = field(default=("", 0.0), init=False)
    certificates: dict[str, x509.Certificate] = field(default_factory=dict, init=False)
    """Those with which events were signed lately, by address; for paypal_events.py."""

    @property
    def name(self) -> str:
        """As it stands in payments."""
        return "paypal"

    def require(self) -> "PayPal":
        """Itself; raises Precondition when it is not configured."""
        if not self.client_id:
            raise Precondition(Reason.PAYPAL_NOT_CONFIGURED, "PAYPAL_CLIENT_ID is not set", setting="PAYPAL_CLIENT_ID")
        return self

    async def close(self) -> None:
        """Close its connections."""
        if self._session is not None:
            await self._session.close()

    # -- payments -----------------------------------------------------------------------------------------------------

    async def page(self, order: Order) -> Begun:
        """An order, which the payer approves on PayPal's page and we capture."""
        unit = {
            "custom_id": f"{order.payment_id}:{order.user_id}",
            "description": order.what[:127],
            "amount": {
                "currency_code": order.currency,
                "value": currencies.decimal(order.amount_minor, order.currency),
            },
        }
        urls = {
            "return_url": f"{self.frontend_url}/payment/approved",
            "cancel_url": f"{self.frontend_url}/payment/canceled",
        }
        made = await self.ask(
            "POST",
            "/v2/checkout/orders",
            {"intent": "CAPTURE", "purchase_units": [unit], "application_context": urls},
            key=order.key,
        )
        links = {link["rel"]: link["href"] for link in made.get("links", [])}
        return Begun(ref=made["id"], url=links.get("approve") or links.get("payer-action") or "")

    async def capture(self, order_id: str, key: str) -> None:
        """Take the money of an order that its payer has approved; again does nothing more. Raises Precondition."""
        try:
            await self.ask("POST", f"/v2/checkout/orders/{order_id}/capture", {}, key=key)
        except Precondition as refused:
            if refused.metadata.get("provider_code") != "ORDER_ALREADY_CAPTURED":
                raise

    async def read(self, ref: str) -> Seen | None:
        """Where a payment stands, by its order."""
        try:
            order = await self.ask("GET", f"/v2/checkout/orders/{ref}")
        except NoSuchThing:
            return None
        unit = order["purchase_units"][0]
        payments = unit.get("payments") or {}
        captures = payments.get("captures") or []
        if order["status"] == "VOIDED":
            return Seen(ref=ref, status=provider.CANCELED)
        if not captures or captures[0]["status"] in {"PENDING", "DECLINED", "FAILED"}:
            failed = bool(captures) and captures[0]["status"] != "PENDING"
            return Seen(ref=ref, status=provider.FAILED if failed else provider.PENDING)
        capture = captures[0]
        currency = str(capture["amount"]["currency_code"])
        payment_id, _, user_id = str(unit.get("custom_id") or "").partition(":")
        amount = minor(capture["amount"])
        refunded = sum(minor(each["amount"]) for each in payments.get("refunds") or [] if each["status"] == "COMPLETED")
        fee = (capture.get("seller_receivable_breakdown") or {}).get("paypal_fee")
        return Seen(
            ref=ref,
            status=provider.SUCCEEDED,
            amount_minor=amount,
            currency=currency,
            payment_id=int(payment_id) if payment_id.isdecimal() else 0,
            user_id=int(user_id) if user_id.isdecimal() else 0,
            refunded_minor=refunded,
            disputed_minor=amount - refunded if capture["status"] == "REVERSED" else 0,
            fee_minor=minor(fee) if fee and fee["currency_code"] == currency else 0,
        )

    async def refund(self, ref: str, amount_minor: int, currency: str, key: str) -> str:
        """Return money of a payment."""
        order = await self.ask("GET", f"/v2/checkout/orders/{ref}")
        captures = (order["purchase_units"][0].get("payments") or {}).get("captures") or []
        if not captures:
            raise Precondition(Reason.PAYMENT_NOT_REFUNDABLE)
        amount = {"currency_code": currency, "value": currencies.decimal(amount_minor, currency)}
        made = await self.ask("POST", f"/v2/payments/captures/{captures[0]['id']}/refund", {"amount": amount}, key=key)
        return str(made["id"])

    # -- asking -------------------------------------------------------------------------------------------------------

    @property
    def http(self) -> aiohttp.ClientSession:
        """Its connections."""
        if self._session is None:
            self._session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=10))
        return self._session

    async def ask(self, method: str, path: str, body: object = None, *, key: str = "") -> dict[str, Any]:
        """Ask. Raises Unavailable and Refused, NoSuchThing for what is not there."""
        self.require()
        async with self.party.call():
            headers = {"Authorization": f"Bearer {await self._bearer()}"}
            if key:
                headers["PayPal-Request-Id"] = key
            try:
                async with self.http.request(method, f"{self.url}{path}", json=body, headers=headers) as answer:
                    status, found = answer.status, await answer.json(content_type=None)
            except (aiohttp.ClientError, ValueError) as error:
                raise ConnectionError(path) from error
            if status >= 500 or status in {401, 429}:  # noqa: PLR2004
                self._token = ("", 0.0)
                raise ConnectionError(str(status))
        if status >= _REFUSED:
            said = found if isinstance(found, dict) else {}
            raise NoSuchThing(said) if status == 404 else Refused(said)  # noqa: PLR2004
        return dict(found)

    async def _bearer(self) -> str:
        token, until = self._token
        if time.monotonic() < until:
            return token
        credentials = base64.b64encode(f"{self.client_id}:{self.client_secret}".encode()).decode()
        asking = self.http.post(
            f"{self.url}/v1/oauth2/token",
            data={"grant_type": "client_credentials"},
            headers={"Authorization": f"Basic {credentials}"},
        )
        try:
            async with asking as answer:
                found = await answer.json(content_type=None)
                self._token = (str(found["access_token"]), time.monotonic() + int(found["expires_in"]) - 60)
        except (aiohttp.ClientError, asyncio.IncompleteReadError, KeyError, TypeError, ValueError) as error:
            raise ConnectionError("no token") from error
        return self._token[0]


def minor(amount: Mapping[str, str]) -> int:
    """An amount of PayPal in its currency's minor unit."""
    return currencies.minor(amount["value"], amount["currency_code"])
