"""PayPal, by plain HTTP: orders and their capture, where a payment stands, refunds, and the signature of events."""

import asyncio
import base64
import binascii
import json
import time
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from urllib.parse import urlsplit

import aiohttp
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from cnt_grpc.kit import clock
from cnt_grpc.kit.errors import Invalid, Precondition
from cnt_grpc.kit.outside import Party
from cnt_grpc.payment import currencies, provider
from cnt_grpc.payment.provider import Begun, Order, Seen
from cnt_grpc.pb.cnt.common.v1.reason import Reason as CommonReason
from cnt_grpc.pb.cnt.payment.v1.reason import Reason

CERTIFICATE_HOSTS: Final = frozenset(
    {"api.paypal.com", "api-m.paypal.com", "api.sandbox.paypal.com", "api-m.sandbox.paypal.com"}
)
"""Where PayPal keeps the certificates of its events; a certificate from elsewhere proves nothing."""
_OLDEST: Final = timedelta(days=3, hours=1)
"""PayPal repeats an event for three days, signed as it was at first."""
_EARLIEST: Final = timedelta(minutes=5)
_REFUSED: Final = (400, 403, 422)
_MOST: Final = 1_000_000
"""Bytes of an answer."""


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
    _certificates: dict[str, x509.Certificate] = field(default_factory=dict, init=False)

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
        made = await self._ask(
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
            await self._ask("POST", f"/v2/checkout/orders/{order_id}/capture", {}, key=key)
        except Precondition as refused:
            if refused.metadata.get("provider_code") != "ORDER_ALREADY_CAPTURED":
                raise

    async def read(self, ref: str) -> Seen | None:
        """Where a payment stands, by its order."""
        try:
            order = await self._ask("GET", f"/v2/checkout/orders/{ref}")
        except _NoSuchThing:
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
        amount = _minor(capture["amount"])
        refunded = sum(
            _minor(each["amount"]) for each in payments.get("refunds") or [] if each["status"] == "COMPLETED"
        )
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
            fee_minor=_minor(fee) if fee and fee["currency_code"] == currency else 0,
        )

    async def refund(self, ref: str, amount_minor: int, currency: str, key: str) -> str:
        """Return money of a payment."""
        order = await self._ask("GET", f"/v2/checkout/orders/{ref}")
        captures = (order["purchase_units"][0].get("payments") or {}).get("captures") or []
        if not captures:
            raise Precondition(Reason.PAYMENT_NOT_REFUNDABLE)
        amount = {"currency_code": currency, "value": currencies.decimal(amount_minor, currency)}
        made = await self._ask("POST", f"/v2/payments/captures/{captures[0]['id']}/refund", {"amount": amount}, key=key)
        return str(made["id"])

    # -- events -------------------------------------------------------------------------------------------------------

    async def event(self, body: bytes, headers: Mapping[str, str]) -> tuple[str, int]:
        """An event whose signature is right: its id, and our payment that it is about (0 for none). Raises Invalid.

        https://developer.paypal.com/api/rest/webhooks/rest/#link-selfverificationmethod
        """
        self.require()
        given = {name: headers.get(f"paypal-{name}", "") for name in ("transmission-id", "transmission-time")}
        try:
            sent_at = datetime.fromisoformat(given["transmission-time"]).astimezone(UTC)
            signature = base64.b64decode(headers.get("paypal-transmission-sig", ""), validate=True)
        except (ValueError, binascii.Error, OverflowError):
            raise Invalid(Reason.WEBHOOK_SIGNATURE_INVALID) from None
        if not -_EARLIEST < clock.now() - sent_at < _OLDEST or headers.get("paypal-auth-algo") != "SHA256withRSA":
            raise Invalid(Reason.WEBHOOK_SIGNATURE_INVALID)
        signed = f"{given['transmission-id']}|{given['transmission-time']}|{self.webhook_id}|{zlib.crc32(body)}"
        certificate = await self._certificate(headers.get("paypal-cert-url", ""))
        key = certificate.public_key()
        try:
            if not isinstance(key, rsa.RSAPublicKey):
                raise InvalidSignature
            key.verify(signature, signed.encode(), padding.PKCS1v15(), hashes.SHA256())
        except InvalidSignature:
            raise Invalid(Reason.WEBHOOK_SIGNATURE_INVALID) from None
        return _read_event(body)

    async def _certificate(self, url: str) -> x509.Certificate:
        """A certificate that PayPal shows on one of its own hosts, and that is valid now."""
        found = self._certificates.get(url)
        if found is None:
            address, ours = urlsplit(url), urlsplit(self.url)
            is_pinned = address.scheme == "https" and address.netloc in CERTIFICATE_HOSTS
            is_configured = (address.scheme, address.netloc) == (ours.scheme, ours.netloc)
            if not (is_pinned or is_configured) or not address.path.startswith("/v1/notifications/certs/"):
                raise Invalid(Reason.WEBHOOK_SIGNATURE_INVALID)
            async with self.party.call(), self._http.get(url, allow_redirects=False) as answer:
                data = await answer.content.read(_MOST)
            try:
                found = x509.load_pem_x509_certificate(data)
            except ValueError:
                raise Invalid(Reason.WEBHOOK_SIGNATURE_INVALID) from None
            if len(self._certificates) > 8:  # noqa: PLR2004  (PayPal has a few)
                self._certificates.clear()
            self._certificates[url] = found
        if not found.not_valid_before_utc <= clock.now() <= found.not_valid_after_utc:
            raise Invalid(Reason.WEBHOOK_SIGNATURE_INVALID)
        return found

    # -- asking -------------------------------------------------------------------------------------------------------

    @property
    def _http(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=10))
        return self._session

    async def _ask(self, method: str, path: str, body: object = None, *, key: str = "") -> dict[str, Any]:
        self.require()
        async with self.party.call():
            headers = {"Authorization": f"Bearer {await self._bearer()}"}
            if key:
                headers["PayPal-Request-Id"] = key
            try:
                async with self._http.request(method, f"{self.url}{path}", json=body, headers=headers) as answer:
                    status, found = answer.status, await answer.json(content_type=None)
            except (aiohttp.ClientError, ValueError) as error:
                raise ConnectionError(path) from error
            if status >= 500 or status in {401, 429}:  # noqa: PLR2004
                self._token = ("", 0.0)
                raise ConnectionError(str(status))
        if status == 404:  # noqa: PLR2004
            raise _NoSuchThing
        if status in _REFUSED:
            details = (found or {}).get("details") or [{}]
            code = details[0].get("issue") or (found or {}).get("name") or ""
            raise Precondition(Reason.PROVIDER_REFUSED, "the provider does not take this", provider_code=code)
        return dict(found)

    async def _bearer(self) -> str:
        token, until = self._token
        if time.monotonic() < until:
            return token
        credentials = base64.b64encode(f"{self.client_id}:{self.client_secret}".encode()).decode()
        asking = self._http.post(
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


class _NoSuchThing(Exception):
    """PayPal knows nothing by this name."""


def _minor(amount: Mapping[str, str]) -> int:
    return currencies.minor(amount["value"], amount["currency_code"])


def _read_event(body: bytes) -> tuple[str, int]:
    try:
        event = json.loads(body)
        event_id, resource = event["id"], dict(event["resource"])
        if not (isinstance(event_id, str) and 0 < len(event_id) <= 255):  # noqa: PLR2004
            raise TypeError
    except (ValueError, KeyError, TypeError, RecursionError):
        raise Invalid(CommonReason.MALFORMED, "the body is no event") from None
    units = resource.get("purchase_units")
    unit = units[0] if isinstance(units, list) and units and isinstance(units[0], dict) else {}
    ours = str(resource.get("custom_id") or unit.get("custom_id") or "").partition(":")[0]
    return event_id, int(ours) if ours.isascii() and ours.isdigit() and len(ours) <= 18 else 0  # noqa: PLR2004
