"""A stand-in for Stripe: it keeps what it is asked to make, and signs events as Stripe does."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import itertools
import json
import secrets
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from cnt_grpc.kit import clock
from tests.harness.pace import Pace

SECRET_KEY = "sk_test_what_only_stripe_and_we_know"
PUBLISHABLE_KEY = "pk_test_everyone"
WEBHOOK_SECRET = "whsec_with_which_events_are_signed"
FEE = 30
"""Minor units that it keeps of each payment."""

DISPUTE_FEE = 1500
"""Minor units that it keeps of a dispute, until it is won."""

Thing = dict[str, Any]


@dataclass
class StripeStandIn:
    """Somebody who takes money."""

    url: str = ""
    things: dict[str, Thing] = field(default_factory=dict)
    """All that was made, by id."""
    events: list[Thing] = field(default_factory=list)
    is_away: bool = False
    loses: str = ""
    """It does what is asked at this path, and nobody hears of it."""
    asked: list[tuple[str, str, str]] = field(default_factory=list)
    """Method, path and idempotency key of each request."""
    on_ask: Callable[[], None] | None = None
    """Called when somebody asks, before they are answered."""
    pace: Pace = field(default_factory=Pace)
    _doing: set[str] = field(default_factory=set)
    _done: dict[str, tuple[str, Thing]] = field(default_factory=dict)
    _number: Any = field(default_factory=lambda: itertools.count(1))

    # -- what happens at the provider ---------------------------------------------------------------------------------

    def pay(self, session_or_intent: str) -> str:
        """The payer pays; the payment intent's id."""
        thing = self.things[session_or_intent]
        if thing["object"] == "checkout.session":
            if thing["mode"] == "subscription":
                return self._subscribe(thing)
            intent = self._new(
                "payment_intent",
                "pi",
                amount=thing["amount_total"],
                currency=thing["currency"],
                metadata=thing["_intent_metadata"],
                last_payment_error=None,
            )
            thing |= {"payment_intent": intent["id"], "status": "complete", "payment_status": "paid"}
            self._tell("checkout.session.completed", thing)
        else:
            intent = thing
        fee = self._new("balance_transaction", "txn", fee=FEE, currency=intent["currency"])
        charge: Thing = self._new(
            "charge",
            "ch",
            payment_intent=intent["id"],
            amount=intent["amount"],
            amount_refunded=0,
            disputed=False,
            balance_transaction=fee["id"],
            currency=intent["currency"],
            metadata=dict(intent["metadata"]),  # as Stripe does, when the intent has some
        )
        intent |= {"status": "succeeded", "amount_received": intent["amount"], "latest_charge": charge["id"]}
        self._tell("payment_intent.succeeded", intent)
        self._tell("charge.succeeded", charge)
        return str(intent["id"])

    def expire(self, session: str) -> None:
        """Nobody pays."""
        self.things[session]["status"] = "expired"
        self._tell("checkout.session.expired", self.things[session])

    def refund(self, intent: str, amount: int) -> None:
        """Money goes back."""
        charge = self._charge(intent)
        charge["amount_refunded"] += amount
        self._tell("charge.refunded", charge)

    def dispute(self, intent: str, amount: int = 0) -> str:
        """The payer's bank takes it back, for now."""
        charge = self._charge(intent)
        charge["disputed"] = True
        taken = amount or charge["amount"]
        entry = {"amount": -taken, "fee": DISPUTE_FEE, "currency": charge["currency"]}
        made = self._new(
            "dispute",
            "du",
            payment_intent=intent,
            amount=taken,
            status="needs_response",
            balance_transactions=[entry],
        )
        self._tell("charge.dispute.created", made)
        return str(made["id"])

    def close_dispute(self, dispute: str, status: str) -> None:
        """The dispute is `won` or `lost`; who wins gets amount and fee back."""
        thing = self.things[dispute]
        thing["status"] = status
        if status == "won":
            back = {name: -value if name != "currency" else value for name, value in _first_entry(thing).items()}
            thing["balance_transactions"].append(back)
        self._tell("charge.dispute.closed", self.things[dispute])

    def _charge(self, intent: str) -> Thing:
        return self.things[str(self.things[intent]["latest_charge"])]

    def _subscribe(self, session: Thing) -> str:
        form = session["_form"]
        days = int(form.get("subscription_data[trial_period_days]", "0"))
        every = form["line_items[0][price_data][recurring][interval]"]
        made = self._new(
            "subscription",
            "sub",
            customer=session["customer"],
            status="trialing" if days else "active",
            cancel_at_period_end=False,
            metadata=_part(form, "subscription_data[metadata]"),
            items={"data": [{}]},
            _price={"amount": session["amount_total"], "currency": session["currency"]},
            _days={"week": 7, "month": 30, "year": 365}[every],
        )
        session |= {"subscription": made["id"], "status": "complete", "payment_status": "paid"}
        self._period(made, days or made["_days"])
        self._tell("checkout.session.completed", session)
        self._tell("customer.subscription.created", made)
        if not days:
            self._bill(made)
        return str(made["id"])

    def _period(self, subscription: Thing, days: int) -> None:
        now = int(clock.now().timestamp())
        item = subscription["items"]["data"][0]
        item |= {"current_period_start": now, "current_period_end": now + days * 86_400}

    def _bill(self, subscription: Thing) -> None:
        price = subscription["_price"]
        intent = self._new(
            "payment_intent",
            "pi",
            metadata={},
            amount=price["amount"],
            currency=price["currency"],
            last_payment_error=None,
        )
        self.pay(intent["id"])
        invoice = self._new(
            "invoice",
            "in",
            subscription=subscription["id"],
            parent={"subscription_details": {"subscription": subscription["id"], "metadata": subscription["metadata"]}},
            status="paid",
            amount_paid=price["amount"],
            currency=price["currency"],
            payments={"data": [{"status": "paid", "payment": {"payment_intent": intent["id"]}}]},
            _intent=intent["id"],
        )
        self._tell("invoice.paid", invoice)

    def renew(self, subscription: str) -> None:
        """Another period is paid."""
        thing = self.things[subscription]
        thing["status"] = "active"
        self._period(thing, thing["_days"])
        self._bill(thing)
        self._tell("customer.subscription.updated", thing)

    def latest_bill(self, subscription: str) -> Thing:
        """Its latest bill."""
        return [
            each for each in self.things.values() if each.get("subscription") == subscription and "_intent" in each
        ][-1]

    def fail(self, subscription: str) -> None:
        """Another period begins, and the card does not pay it."""
        thing = self.things[subscription]
        thing["status"] = "past_due"
        self._period(thing, thing["_days"])
        self._tell("customer.subscription.updated", thing)

    def end(self, subscription: str) -> None:
        """The subscription is over."""
        self.things[subscription]["status"] = "canceled"
        self._tell("customer.subscription.deleted", self.things[subscription])

    def onboard(self, account: str) -> None:
        """The account's owner tells what it asked."""
        self.things[account] |= {"details_submitted": True, "payouts_enabled": True}
        self._tell("account.updated", self.things[account])
        self.events[-1]["account"] = account

    def forget(self, start: str) -> None:
        """More than a day goes by since keys that begin so: what was asked under them is asked anew."""
        for key in [each for each in self._done if each.startswith(start)]:
            del self._done[key]

    # -- events -------------------------------------------------------------------------------------------------------

    def _tell(self, kind: str, thing: Thing) -> None:
        self.events.append(
            {
                "id": f"evt_{secrets.token_hex(12)}",
                "object": "event",
                "type": kind,
                "created": int(clock.now().timestamp()),
                # The SDK reads such numbers as decimals, which are no JSON again.
                "some_decimal": 0.5,
                "data": {"object": {name: value for name, value in thing.items() if not name.startswith("_")}},
            }
        )

    def about(self, thing: str) -> list[Thing]:
        """The events about one thing, or about its payment."""
        return [
            each
            for each in self.events
            if thing in {each["data"]["object"]["id"], each["data"]["object"].get("payment_intent")}
        ]

    def signature(self, body: bytes, *, at: int | None = None, secret: str = WEBHOOK_SECRET) -> str:
        """The stripe-signature header of a body."""
        moment = int(clock.now().timestamp()) if at is None else at
        tag = hmac.new(secret.encode(), f"{moment}.".encode() + body, hashlib.sha256).hexdigest()
        return f"t={moment},v1={tag},v0=00"

    # -- what it answers ----------------------------------------------------------------------------------------------

    def _new(self, kind: str, prefix: str, **fields: Any) -> Thing:
        number = next(self._number)
        made: Thing = {
            "id": f"{prefix}_{number}{secrets.token_hex(6)}",
            "object": kind,
            "created": int(time.time()),
        } | fields
        self.things[made["id"]] = made
        return made

    async def make_account(self, *, is_active: bool) -> str:
        """An account that some call made; its id."""
        made = await self._make_account({"type": "express"})
        made |= {"details_submitted": is_active, "payouts_enabled": is_active}
        return str(made["id"])

    async def make_intent(self, amount: int, currency: str = "usd") -> str:
        """A payment intent that some call made; its id."""
        made = await self._make_intent({"amount": str(amount), "currency": currency})
        return str(made["id"])

    async def _make_session(self, form: dict[str, str]) -> Thing:
        made = self._new(
            "checkout.session",
            "cs_test",
            mode=form["mode"],
            status="open",
            payment_status="unpaid",
            payment_intent=None,
            subscription=None,
            customer=form.get("customer"),
            currency=form["line_items[0][price_data][currency]"],
            amount_total=int(form["line_items[0][price_data][unit_amount]"]),
            metadata=_part(form, "metadata"),
            _intent_metadata=_part(form, "payment_intent_data[metadata]"),
            _form=form,
        )
        made["url"] = f"{self.url}/pay/{made['id']}"
        return made

    async def _make_intent(self, form: dict[str, str]) -> Thing:
        made = self._new(
            "payment_intent",
            "pi",
            amount=int(form["amount"]),
            amount_received=0,
            currency=form["currency"],
            status="requires_payment_method",
            metadata=_part(form, "metadata"),
            latest_charge=None,
            last_payment_error=None,
        )
        made["client_secret"] = f"{made['id']}_secret_{secrets.token_hex(8)}"
        if made["amount"] < 50 and made["currency"] == "usd":
            raise Refused("amount_too_small")
        return made

    async def _make_refund(self, form: dict[str, str]) -> Thing:
        intent, amount = form["payment_intent"], int(form["amount"])
        charge = self._charge(intent)
        if charge["amount_refunded"] + amount > charge["amount"]:
            raise Refused("charge_already_refunded")
        made = self._new("refund", "re", payment_intent=intent, amount=amount, status="succeeded")
        self.refund(intent, amount)
        return made

    async def _make_customer(self, form: dict[str, str]) -> Thing:
        return self._new("customer", "cus", metadata=_part(form, "metadata"))

    async def _update_subscription(self, form: dict[str, str]) -> Thing:
        thing = self.things.get(form[":id"])
        if thing is None or thing["status"] == "canceled":
            raise Missing
        thing["cancel_at_period_end"] = form["cancel_at_period_end"] == "true"
        self._tell("customer.subscription.updated", thing)
        return thing

    async def _cancel_subscription(self, request: web.Request) -> web.Response:
        thing = self.things.get(request.match_info["id"])
        if thing is None or thing["status"] == "canceled":
            return web.json_response(_MISSING, status=404)
        self.end(thing["id"])
        return web.json_response(self._shown(thing, []))

    async def _expire_session(self, form: dict[str, str]) -> Thing:
        thing = self.things[form[":id"]]
        if thing["status"] != "open":
            raise Refused("resource_not_open")
        self.expire(thing["id"])
        return thing

    async def _make_account(self, form: dict[str, str]) -> Thing:
        return self._new(
            "account",
            "acct",
            type=form["type"],
            metadata=_part(form, "metadata"),
            country=form.get("country", "US"),
            details_submitted=False,
            payouts_enabled=False,
        )

    async def _make_link(self, form: dict[str, str]) -> Thing:
        account = form.get("account") or form.get(":id") or form.get("customer", "")
        if ":id" in form and not self.things[account]["details_submitted"]:
            raise Refused("account_invalid")
        return self._new("link", "link", url=f"{self.url}/links/{account}")

    async def _make_transfer(self, form: dict[str, str]) -> Thing:
        if not self.things[form["destination"]]["payouts_enabled"]:
            raise Refused("insufficient_capabilities_for_transfer")
        return self._new(
            "transfer",
            "tr",
            amount=int(form["amount"]),
            destination=form["destination"],
            transfer_group=form["transfer_group"],
        )

    async def _get(self, request: web.Request) -> web.Response:
        thing = self.things.get(request.match_info["id"])
        if thing is None:
            return web.json_response(_MISSING, status=404)
        expand = [value for name, value in request.query.items() if name.startswith("expand")]
        return web.json_response(self._shown(thing, expand))

    def _shown(self, thing: Thing, expand: list[str]) -> Thing:
        shown = {name: value for name, value in thing.items() if not name.startswith("_")}
        for path in expand:
            name, _, rest = path.partition(".")
            if isinstance(shown.get(name), str):
                shown[name] = self._shown(self.things[shown[name]], [rest] if rest else [])
        return shown

    async def _list(self, request: web.Request) -> web.Response:
        kind = request.match_info["kind"]
        if kind == "events":
            since = int(request.query.get("created[gte]", "0"))
            found = [each for each in reversed(self.events) if each["created"] >= since]
        else:
            wanted = {
                name: value
                for name, value in request.query.items()
                if name in {"payment_intent", "subscription", "transfer_group"}
            }
            found = [
                each
                for each in self.things.values()
                if f"{each['object']}s" == kind and all(each.get(name) == value for name, value in wanted.items())
            ]
        after, limit = request.query.get("starting_after"), int(request.query.get("limit", "10"))
        if after:
            ids = [each["id"] for each in found]
            found = found[ids.index(after) + 1 :]
        data = [self._shown(each, []) for each in found[:limit]]
        return web.json_response({"object": "list", "data": data, "has_more": len(found) > limit})

    def _maker(self, make: Callable[[dict[str, str]], Any]) -> Callable[[web.Request], Any]:
        async def answer(request: web.Request) -> web.Response:
            form = {name: str(value) for name, value in (await request.post()).items()}
            form |= {f":{name}": value for name, value in request.match_info.items()}
            key = request.headers.get("Idempotency-Key", "")
            said = json.dumps([request.path, form], sort_keys=True)
            if key in self._doing:
                error = {"type": "idempotency_error", "code": "idempotency_key_in_use"}
                return web.json_response({"error": error}, status=409)
            if key in self._done:
                before, thing = self._done[key]
                if before != said:
                    return web.json_response({"error": {"type": "idempotency_error"}}, status=400)
                return web.json_response(self._shown(thing, []))
            if key:
                self._doing.add(key)
            try:
                thing = await make(form)
            except Missing:
                return web.json_response(_MISSING, status=404)
            except Refused as refused:
                error = {"type": "invalid_request_error", "code": str(refused), "message": "no"}
                return web.json_response({"error": error}, status=400)
            finally:
                self._doing.discard(key)
            if key:
                self._done[key] = (said, thing)
            return web.json_response(self._shown(thing, []))

        return answer

    @web.middleware
    async def _door(self, request: web.Request, handler: Any) -> web.StreamResponse:
        self.asked.append((request.method, request.path, request.headers.get("Idempotency-Key", "")))
        if self.on_ask is not None:
            self.on_ask()
            # Whoever waits for this may do something before the answer goes.
            await asyncio.sleep(0.005)
        await self.pace.keep()
        if self.is_away:
            return web.json_response({"error": {"type": "api_error"}}, status=503)
        if request.headers.get("Authorization") != f"Bearer {SECRET_KEY}":
            return web.json_response({"error": {"type": "invalid_request_error"}}, status=401)
        response: web.StreamResponse = await handler(request)
        if request.method == "POST" and request.path == self.loses:
            return web.json_response({"error": {"type": "api_error"}}, status=503)
        return response

    def _routes(self) -> list[tuple[str, Callable[[dict[str, str]], Any]]]:
        return [
            ("/v1/checkout/sessions", self._make_session),
            ("/v1/checkout/sessions/{id}/expire", self._expire_session),
            ("/v1/payment_intents", self._make_intent),
            ("/v1/refunds", self._make_refund),
            ("/v1/customers", self._make_customer),
            ("/v1/subscriptions/{id}", self._update_subscription),
            ("/v1/billing_portal/sessions", self._make_link),
            ("/v1/accounts", self._make_account),
            ("/v1/account_links", self._make_link),
            ("/v1/accounts/{id}/login_links", self._make_link),
            ("/v1/transfers", self._make_transfer),
        ]

    @asynccontextmanager
    async def serving(self) -> AsyncIterator[StripeStandIn]:
        """Listen while the block runs."""
        app = web.Application(middlewares=[self._door])
        for path, make in self._routes():
            app.router.add_post(path, self._maker(make))
        app.router.add_delete("/v1/subscriptions/{id}", self._cancel_subscription)
        app.router.add_get("/v1/checkout/sessions/{id}", self._get)
        app.router.add_get("/v1/{kind}/{id}", self._get)
        app.router.add_get("/v1/{kind}", self._list)
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        self.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        yield self
        await asyncio.sleep(0)
        await runner.cleanup()


class Refused(Exception):
    """What Stripe does not take; its code."""


class Missing(Exception):
    """What Stripe does not have, or no longer."""


_MISSING = {"error": {"type": "invalid_request_error", "code": "resource_missing"}}


def _first_entry(dispute: Thing) -> Thing:
    entry: Thing = dispute["balance_transactions"][0]
    return entry


def _part(form: dict[str, str], name: str) -> dict[str, str]:
    """The fields `name[…]` of a form."""
    start = f"{name}["
    return {key[len(start) : -1]: value for key, value in form.items() if key.startswith(start)}
