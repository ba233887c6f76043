"""Events of PayPal: whether it signed them, what they are about, and those that never came."""

import base64
import binascii
import json
import zlib
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from urllib.parse import urlencode, urlsplit

import aiohttp
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from cnt_grpc.kit import clock
from cnt_grpc.kit.errors import Invalid
from cnt_grpc.payment.paypal import PayPal
from cnt_grpc.pb.cnt.common.v1.reason import Reason as CommonReason
from cnt_grpc.pb.cnt.payment.v1.reason import Reason

CERTIFICATE_HOSTS: Final = frozenset(
    {"api.paypal.com", "api-m.paypal.com", "api.sandbox.paypal.com", "api-m.sandbox.paypal.com"}
)
"""Where PayPal keeps the certificates of its events; a certificate from elsewhere proves nothing."""
_OLDEST: Final = timedelta(days=3, hours=1)
"""PayPal repeats an event for three days, signed as it was at first."""
_EARLIEST: Final = timedelta(minutes=5)
_MOST: Final = 1_000_000
"""Bytes of an answer."""
_PART: Final = 65_536


@dataclass(frozen=True, slots=True)
class PayPalEvents:
    """Events of PayPal's account."""

    paypal: PayPal

    async def since(self, moment: datetime) -> AsyncIterator[tuple[str, bytes, int]]:
        """Every event since a moment, in pages as PayPal links them: its id, its body, and our payment (0 for none).

        https://developer.paypal.com/docs/api/webhooks/v1/#webhooks-events_list
        """
        query = {"page_size": "100", "start_time": _rfc3339(moment), "end_time": _rfc3339(clock.now())}
        path: str | None = f"/v1/notifications/webhooks-events?{urlencode(query)}"
        while path:
            page = await self.paypal.ask("GET", path)
            for each in page.get("events") or []:
                body = json.dumps(each).encode()
                yield (body_read := _read_event(body))[0], body, body_read[1]
            path = self._next(page)

    def _next(self, page: Mapping[str, Any]) -> str | None:
        """The path of the next page. Only the path: a bearer token goes to the configured host alone."""
        for link in page.get("links") or []:
            if link.get("rel") == "next":
                address = urlsplit(str(link.get("href")))
                return f"{address.path}?{address.query}"
        return None

    async def signed(self, body: bytes, headers: Mapping[str, str]) -> tuple[str, int]:
        """An event whose signature is right: its id, and our payment that it is about (0 for none). Raises Invalid.

        https://developer.paypal.com/api/rest/webhooks/rest/#link-selfverificationmethod
        """
        self.paypal.require()
        given = {name: headers.get(f"paypal-{name}", "") for name in ("transmission-id", "transmission-time")}
        try:
            sent_at = datetime.fromisoformat(given["transmission-time"]).astimezone(UTC)
            signature = base64.b64decode(headers.get("paypal-transmission-sig", ""), validate=True)
        except (ValueError, binascii.Error, OverflowError):
            raise Invalid(Reason.WEBHOOK_SIGNATURE_INVALID) from None
        if not -_EARLIEST < clock.now() - sent_at < _OLDEST or headers.get("paypal-auth-algo") != "SHA256withRSA":
            raise Invalid(Reason.WEBHOOK_SIGNATURE_INVALID)
        signed = f"{given['transmission-id']}|{given['transmission-time']}|{self.paypal.webhook_id}|{zlib.crc32(body)}"
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
        found = self.paypal.certificates.get(url)
        if found is None:
            address, ours = urlsplit(url), urlsplit(self.paypal.url)
            is_pinned = address.scheme == "https" and address.netloc in CERTIFICATE_HOSTS
            is_configured = (address.scheme, address.netloc) == (ours.scheme, ours.netloc)
            if not (is_pinned or is_configured) or not address.path.startswith("/v1/notifications/certs/"):
                raise Invalid(Reason.WEBHOOK_SIGNATURE_INVALID)
            data = await self._fetched(url)
            try:
                found = x509.load_pem_x509_certificate(data)
            except ValueError:
                raise Invalid(Reason.WEBHOOK_SIGNATURE_INVALID) from None
            if len(self.paypal.certificates) > 8:  # noqa: PLR2004  (PayPal has a few)
                self.paypal.certificates.clear()
            self.paypal.certificates[url] = found
        if not found.not_valid_before_utc <= clock.now() <= found.not_valid_after_utc:
            raise Invalid(Reason.WEBHOOK_SIGNATURE_INVALID)
        return found

    async def _fetched(self, url: str) -> bytes:
        """All that PayPal shows there. Raises Invalid when that is nothing or too much, and Unavailable."""
        async with self.paypal.party.call():
            data = bytearray()
            try:
                async with self.paypal.http.get(url, allow_redirects=False) as answer:
                    status = answer.status
                    # In parts: one read gives what has come by then, which may be half of it.
                    async for part in answer.content.iter_chunked(_PART):
                        data += part
                        if len(data) > _MOST:
                            break
            except aiohttp.ClientError as error:
                raise ConnectionError(url) from error
            if status >= 500:  # noqa: PLR2004
                raise ConnectionError(str(status))
        if status != 200 or len(data) > _MOST:  # noqa: PLR2004
            raise Invalid(Reason.WEBHOOK_SIGNATURE_INVALID)
        return bytes(data)


def _rfc3339(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


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
