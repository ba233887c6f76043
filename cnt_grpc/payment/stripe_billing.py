"""Stripe Billing: pages to subscribe on, how a subscription stands, and the bills that were paid."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from cnt_grpc.kit.errors import Precondition
from cnt_grpc.payment.stripe_api import NoSuchThing, Stripe, id_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """What somebody shall pay again and again."""

    what: str
    """In words, for the payer."""
    amount_minor: int
    currency: str
    interval: str
    """`week`, `month` or `year`."""
    ours: Mapping[str, str]
    """What Stripe shall tell us of it again."""
    back: str
    """Where in our front end the payer comes back to."""
    trial_days: int = 0


@dataclass(frozen=True, slots=True)
class Bill:
    """A bill that was paid."""

    id: str
    ref: str | None
    """The payment; None while it does not show, and where nothing was to pay."""
    amount_minor: int
    currency: str


@dataclass(frozen=True, slots=True)
class Membership:
    """A subscription as Stripe sees it now."""

    ref: str
    status: str
    """In Stripe's words."""
    period_start: datetime
    period_end: datetime
    cancel_at_period_end: bool
    bills: Sequence[Bill]
    """The latest that were paid."""


@dataclass(frozen=True, slots=True)
class StripeBilling:
    """Subscriptions at Stripe."""

    stripe: Stripe

    async def customer(self, user_id: int, key: str) -> str:
        """The person as Stripe is to know them; the same for each try under a key."""
        made = await self.stripe.ask(
            self.stripe.client.v1.customers.create_async(
                {"metadata": {"user_id": str(user_id)}}, {"idempotency_key": key}
            )
        )
        return str(made["id"])

    async def page(self, customer: str, offer: Offer, key: str) -> tuple[str, str]:
        """A page on which the person subscribes: Stripe's name of it, and its address."""
        front = f"{self.stripe.frontend_url}/{offer.back}"
        ours = dict(offer.ours)
        about: dict[str, Any] = {"metadata": ours}
        if offer.trial_days:
            about["trial_period_days"] = offer.trial_days
        wanted: dict[str, Any] = {
            "mode": "subscription",
            "customer": customer,
            "client_reference_id": "-".join(next(iter(ours.items()))),
            "line_items": [
                {
                    "quantity": 1,
                    "price_data": {
                        "currency": offer.currency.lower(),
                        "unit_amount": offer.amount_minor,
                        "recurring": {"interval": offer.interval},
                        "product_data": {"name": offer.what},
                    },
                }
            ],
            "metadata": ours,
            "subscription_data": about,
            "success_url": f"{front}/done?reference={{CHECKOUT_SESSION_ID}}",
            "cancel_url": front,
        }
        client = self.stripe.client
        made = await self.stripe.ask(client.v1.checkout.sessions.create_async(wanted, {"idempotency_key": key}))  # type: ignore[arg-type]  # a plain dict
        return str(made["id"]), str(made.get("url") or "")

    async def begun(self, page: str) -> tuple[str | None, bool]:
        """The subscription that came of a page, and whether the page is over without one."""
        session = await self.stripe.ask(self.stripe.client.v1.checkout.sessions.retrieve_async(page))
        return id_of(session.get("subscription")), session.get("status") == "expired"

    async def read(self, ref: str) -> Membership | None:
        """How a subscription stands; None when Stripe knows none by this name."""
        client = self.stripe.client
        try:
            found = await self.stripe.ask(client.v1.subscriptions.retrieve_async(ref))
        except NoSuchThing:
            return None
        bills = await self.stripe.ask(
            client.v1.invoices.list_async(
                {"subscription": ref, "status": "paid", "limit": 20, "expand": ["data.payments"]}
            )
        )
        item = found["items"]["data"][0]
        return Membership(
            ref=found["id"],
            status=found["status"],
            period_start=_moment(item["current_period_start"]),
            period_end=_moment(item["current_period_end"]),
            cancel_at_period_end=bool(found.get("cancel_at_period_end")),
            bills=[_bill(each) for each in bills["data"]],
        )

    async def cancel(self, ref: str, key: str) -> None:
        """Have it end when what was paid is over."""
        await self.stripe.ask(
            self.stripe.client.v1.subscriptions.update_async(
                ref, {"cancel_at_period_end": True}, {"idempotency_key": key}
            )
        )

    async def end(self, ref: str) -> None:
        """Have it end now: nothing more is charged, and what was charged stays."""
        try:
            await self.stripe.ask(self.stripe.client.v1.subscriptions.cancel_async(ref))
        except NoSuchThing:
            # Stripe answers so of one that is over.
            return

    async def close(self, page: str) -> None:
        """Have nobody subscribe on this page any more; nothing happens when somebody has, or it is closed."""
        try:
            await self.stripe.ask(self.stripe.client.v1.checkout.sessions.expire_async(page))
        except Precondition:
            return

    async def portal(self, customer: str) -> str:
        """A page with the person's cards and bills."""
        made = await self.stripe.ask(
            self.stripe.client.v1.billing_portal.sessions.create_async(
                {"customer": customer, "return_url": f"{self.stripe.frontend_url}/subscription"}
            )
        )
        return str(made["url"])


def _bill(invoice: dict[str, Any]) -> Bill:
    payments = (invoice.get("payments") or {}).get("data") or []
    refs = [id_of((each.get("payment") or {}).get("payment_intent")) for each in payments if each["status"] == "paid"]
    return Bill(
        id=str(invoice["id"]),
        ref=next(filter(None, refs), None),
        amount_minor=int(invoice["amount_paid"]),
        currency=str(invoice["currency"]).upper(),
    )


def _moment(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
