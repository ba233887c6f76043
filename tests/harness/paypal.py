"""A stand-in for PayPal: orders that it keeps, and events that it signs with a certificate of its own."""

from __future__ import annotations

import asyncio
import base64
import json
import secrets
import zlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from aiohttp import web
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.x509.oid import NameOID

from cnt_grpc.kit import clock

CLIENT_ID = "a-paypal-client"
CLIENT_SECRET = "what only PayPal and we know"
WEBHOOK_ID = "8PT597110X687430LKGECATA"

EVENTS = 50
"""On a page, whatever was asked for."""

Thing = dict[str, Any]


@dataclass
class PayPalStandIn:
    """Somebody who takes money."""

    url: str = ""
    orders: dict[str, Thing] = field(default_factory=dict)
    key: rsa.RSAPrivateKey = field(
        default_factory=lambda: rsa.generate_private_key(public_exponent=65537, key_size=2048)
    )
    valid_for: timedelta = timedelta(days=365)
    events: list[Thing] = field(default_factory=list)
    """What happened, with the moment of each."""
    payouts: dict[str, Thing] = field(default_factory=dict)
    """Batches of one payout each, by PayPal's name of them."""
    refuses_with: int = 0
    """The status of every answer, if any."""
    loses_answers: bool = False
    """It pays out, and nobody hears of it."""
    tells_which: bool = True
    """Which payout it is that has a name already."""
    _done: dict[str, Thing] = field(default_factory=dict)

    # -- what happens at the provider ---------------------------------------------------------------------------------

    def approve(self, order: str) -> None:
        """The payer approves."""
        self.orders[order]["status"] = "APPROVED"

    def reverse(self, order: str) -> None:
        """The payer's bank takes it back."""
        self._unit(order)["payments"]["captures"][0]["status"] = "REVERSED"

    def make_order(self, amount: str, currency: str, custom_id: str = "") -> str:
        """An order that some call made; its id."""
        unit = {"custom_id": custom_id, "amount": {"currency_code": currency, "value": amount}}
        order_id = secrets.token_hex(9).upper()
        self.orders[order_id] = {"id": order_id, "status": "CREATED", "purchase_units": [unit]}
        return order_id

    def _unit(self, order: str) -> Thing:
        unit: Thing = self.orders[order]["purchase_units"][0]
        return unit

    def capture(self, order: str) -> None:
        """The money is taken."""
        unit = self._unit(order)
        self.orders[order]["status"] = "COMPLETED"
        fee = {"currency_code": unit["amount"]["currency_code"], "value": "0.30"}
        unit["payments"] = {
            "captures": [
                {
                    "id": secrets.token_hex(9).upper(),
                    "status": "COMPLETED",
                    "amount": unit["amount"],
                    "seller_receivable_breakdown": {"paypal_fee": fee},
                    "_order": order,
                }
            ]
        }

    # -- events -------------------------------------------------------------------------------------------------------

    def event(self, kind: str, order: str) -> bytes:
        """An event about an order's capture."""
        resource = {"id": secrets.token_hex(8), "custom_id": self._unit(order)["custom_id"]}
        made = {"id": f"WH-{secrets.token_hex(8)}", "event_type": kind, "resource": resource}
        made["create_time"] = clock.now().strftime("%Y-%m-%dT%H:%M:%SZ")
        self.events.append(made)
        return json.dumps(made).encode()

    def decide(self, batch: str, status: str) -> None:
        """A payout arrives (SUCCESS), waits (UNCLAIMED), or comes back (RETURNED)."""
        self.payouts[batch]["items"][0]["transaction_status"] = status

    def headers(self, body: bytes, *, late: timedelta = timedelta(), cert_url: str = "") -> dict[str, str]:
        """The headers with which a body comes."""
        sent_at = (clock.now() - late).strftime("%Y-%m-%dT%H:%M:%SZ")
        number = secrets.token_hex(8)
        signed = f"{number}|{sent_at}|{WEBHOOK_ID}|{zlib.crc32(body)}".encode()
        signature = self.key.sign(signed, padding.PKCS1v15(), hashes.SHA256())
        return {
            "paypal_transmission_id": number,
            "paypal_transmission_time": sent_at,
            "paypal_transmission_sig": base64.b64encode(signature).decode(),
            "paypal_auth_algo": "SHA256withRSA",
            "paypal_cert_url": cert_url or f"{self.url}/v1/notifications/certs/CERT-1",
        }

    # -- what it answers ----------------------------------------------------------------------------------------------

    async def _certificate(self, request: web.Request) -> web.StreamResponse:
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "messageverificationcerts.paypal.com")])
        now = clock.now()
        made = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(name)
            .public_key(self.key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(days=30))
            .not_valid_after(now + self.valid_for)
            .sign(self.key, hashes.SHA256())
        )
        shown = made.public_bytes(serialization.Encoding.PEM)
        if "slow" in request.match_info["id"]:
            response = web.StreamResponse()
            await response.prepare(request)
            for at in range(0, len(shown), 400):
                await response.write(shown[at : at + 400])
                await asyncio.sleep(0.05)
            return response
        if "broken" in request.match_info["id"] and request.transport is not None:
            request.transport.close()
        status = next((each for each in (404, 503) if request.match_info["id"].startswith(str(each))), 200)
        return web.Response(body=shown, status=status)

    async def _token(self, request: web.Request) -> web.Response:
        wanted = base64.b64encode(f"{CLIENT_ID}:{CLIENT_SECRET}".encode()).decode()
        if request.headers.get("Authorization") != f"Basic {wanted}":
            return web.json_response({"error": "invalid_client"}, status=401)
        return web.json_response({"access_token": "a-bearer", "expires_in": 32400})

    async def _make(self, request: web.Request) -> web.Response:
        body = await request.json()
        key = request.headers["PayPal-Request-Id"]
        if key not in self._done:
            unit = body["purchase_units"][0]
            if unit["amount"]["currency_code"] == "KWD":
                return _refused("CURRENCY_NOT_SUPPORTED")
            order_id = self.make_order(unit["amount"]["value"], unit["amount"]["currency_code"], unit["custom_id"])
            link = {"rel": "approve", "href": f"{self.url}/checkoutnow?token={order_id}"}
            self._done[key] = self.orders[order_id] | {"links": [link]}
        return web.json_response(self._done[key], status=201)

    async def _get(self, request: web.Request) -> web.Response:
        order = self.orders.get(request.match_info["id"])
        return web.json_response(order) if order else web.json_response({"name": "RESOURCE_NOT_FOUND"}, status=404)

    async def _capture(self, request: web.Request) -> web.Response:
        order = self.orders.get(request.match_info["id"])
        if order is None:
            return web.json_response({"name": "RESOURCE_NOT_FOUND"}, status=404)
        if order["status"] == "COMPLETED":
            return _refused("ORDER_ALREADY_CAPTURED")
        if order["status"] != "APPROVED":
            return _refused("ORDER_NOT_APPROVED")
        self.capture(order["id"])
        return web.json_response(order, status=201)

    async def _refund(self, request: web.Request) -> web.Response:
        key = request.headers["PayPal-Request-Id"]
        if key not in self._done:
            body = await request.json()
            for order in self.orders.values():
                payments = order["purchase_units"][0].get("payments") or {"captures": [{"id": ""}]}
                if payments["captures"][0]["id"] == request.match_info["id"]:
                    made = {"id": secrets.token_hex(8), "status": "COMPLETED", "amount": body["amount"]}
                    payments.setdefault("refunds", []).append(made)
                    self._done[key] = made
        return web.json_response(self._done[key], status=201)

    async def _list_events(self, request: web.Request) -> web.Response:
        since, until = request.query["start_time"], request.query["end_time"]
        at = int(request.query.get("at", "0"))
        found = [each for each in reversed(self.events) if since <= each["create_time"] <= until]
        page: Thing = {"events": found[at : at + EVENTS], "count": len(found), "links": []}
        if len(found) > at + EVENTS:
            more = request.url.update_query({"at": str(at + EVENTS)})
            page["links"].append({"rel": "next", "href": str(more)})
        return web.json_response(page)

    async def _pay_out(self, request: web.Request) -> web.Response:
        body = await request.json()
        header, item = body["sender_batch_header"], body["items"][0]
        if before := self._done.get(header["sender_batch_id"]):
            return web.json_response(self._taken(before), status=400)
        if item["receiver"].startswith("nobody"):
            return _refused("RECEIVER_ACCOUNT_LOCKED")
        name = secrets.token_hex(7).upper()
        batch = {
            "batch_header": {"payout_batch_id": name, "batch_status": "PENDING"},
            "items": [{"transaction_status": "PENDING", "payout_item": item}],
        }
        self.payouts[name] = self._done[header["sender_batch_id"]] = batch
        if self.loses_answers:
            return web.json_response({"name": "INTERNAL_SERVER_ERROR"}, status=500)
        return web.json_response({"batch_header": batch["batch_header"]}, status=201)

    def _taken(self, batch: Thing) -> Thing:
        """What is said to a name that another payout has."""
        address = f"{self.url}/v1/payments/payouts/{batch['batch_header']['payout_batch_id']}"
        link = [{"href": address, "rel": "self", "method": "GET"}] if self.tells_which else []
        issue = {"field": "SENDER_BATCH_ID", "location": "body", "issue": "Duplicate batch request", "link": link}
        return {"name": "USER_BUSINESS_ERROR", "message": "User business error.", "details": [issue]}

    async def _get_payout(self, request: web.Request) -> web.Response:
        found = self.payouts.get(request.match_info["id"])
        return web.json_response(found) if found else web.json_response({"name": "RESOURCE_NOT_FOUND"}, status=404)

    @web.middleware
    async def _door(self, request: web.Request, handler: Any) -> web.StreamResponse:
        is_open = request.path.startswith(("/v1/oauth2", "/v1/notifications/certs"))
        if not is_open and request.headers.get("Authorization") != "Bearer a-bearer":
            return web.json_response({"name": "AUTHENTICATION_FAILURE"}, status=401)
        if not is_open and self.refuses_with:
            return web.json_response({"name": "NO"}, status=self.refuses_with)
        response: web.StreamResponse = await handler(request)
        return response

    @asynccontextmanager
    async def serving(self) -> AsyncIterator[PayPalStandIn]:
        """Listen while the block runs."""
        app = web.Application(middlewares=[self._door])
        app.router.add_get("/v1/notifications/certs/{id}", self._certificate)
        app.router.add_post("/v1/oauth2/token", self._token)
        app.router.add_post("/v2/checkout/orders", self._make)
        app.router.add_get("/v2/checkout/orders/{id}", self._get)
        app.router.add_post("/v2/checkout/orders/{id}/capture", self._capture)
        app.router.add_post("/v2/payments/captures/{id}/refund", self._refund)
        app.router.add_get("/v1/notifications/webhooks-events", self._list_events)
        app.router.add_post("/v1/payments/payouts", self._pay_out)
        app.router.add_get("/v1/payments/payouts/{id}", self._get_payout)
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        self.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        yield self
        await runner.cleanup()


def _refused(issue: str) -> web.Response:
    return web.json_response({"name": "UNPROCESSABLE_ENTITY", "details": [{"issue": issue}]}, status=422)
