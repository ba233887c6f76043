"""Stripe Connect: creators' accounts at Stripe, and the transfers to them."""

from dataclasses import dataclass
from typing import Any

from cnt_grpc.kit.errors import NotFound, Precondition
from cnt_grpc.payment.stripe_api import Stripe
from cnt_grpc.pb.cnt.payment.v1.reason import Reason


@dataclass(frozen=True, slots=True)
class Standing:
    """How an account stands."""

    account_id: str
    details_submitted: bool
    payouts_enabled: bool


@dataclass(frozen=True, slots=True)
class StripeAccounts:
    """Creators' accounts at Stripe."""

    stripe: Stripe

    async def create(self, user_id: int, country: str, key: str) -> Standing:
        """A new account. Raises Precondition when Stripe does not take it."""
        wanted: dict[str, Any] = {
            "type": "express",
            "capabilities": {"transfers": {"requested": True}},
            "metadata": {"user_id": str(user_id)},
        }
        if country:
            wanted["country"] = country
        client = self.stripe.client
        made = await self.stripe.ask(client.v1.accounts.create_async(wanted, {"idempotency_key": key}))  # type: ignore[arg-type]  # a plain dict
        return _standing(made)

    async def standing(self, account_id: str) -> Standing:
        """How an account stands now."""
        return _standing(await self.stripe.ask(self.stripe.client.v1.accounts.retrieve_async(account_id)))

    async def standing_of(self, account_id: str, user_id: int) -> Standing:
        """How an account stands that was made for this person. Raises NotFound for any other."""
        try:
            found = await self.stripe.ask(self.stripe.client.v1.accounts.retrieve_async(account_id))
        except Precondition:
            # Stripe answers 403 for an account that is not connected with ours.
            raise NotFound(Reason.PAYMENT_ACCOUNT_NOT_FOUND) from None
        if (found.get("metadata") or {}).get("user_id") != str(user_id):
            raise NotFound(Reason.PAYMENT_ACCOUNT_NOT_FOUND)
        return _standing(found)

    async def onboarding_link(self, account_id: str) -> str:
        """A page on which its owner tells Stripe what it asks."""
        front = self.stripe.frontend_url
        made = await self.stripe.ask(
            self.stripe.client.v1.account_links.create_async(
                {
                    "account": account_id,
                    "type": "account_onboarding",
                    "refresh_url": f"{front}/payouts/onboarding",
                    "return_url": f"{front}/payouts",
                }
            )
        )
        return str(made["url"])

    async def dashboard_link(self, account_id: str) -> str:
        """A page on which its owner sees it. Raises Precondition before the owner has told Stripe what it asks."""
        made = await self.stripe.ask(self.stripe.client.v1.accounts.login_links.create_async(account_id))
        return str(made["url"])

    async def sent(self, key: str) -> str | None:
        """Stripe's name of the transfer that was made under a key, however long ago; None without any."""
        found = await self.stripe.ask(self.stripe.client.v1.transfers.list_async({"transfer_group": key, "limit": 1}))
        return next((str(each["id"]) for each in found["data"]), None)

    async def transfer(self, account_id: str, amount_minor: int, currency: str, payout_id: int, key: str) -> str:
        """Send money to an account; Stripe's name of the transfer. Raises Precondition.

        Once for each key within a day, for which Stripe keeps one: later `sent` is to be asked first.
        """
        made = await self.stripe.ask(
            self.stripe.client.v1.transfers.create_async(
                {
                    "amount": amount_minor,
                    "currency": currency.lower(),
                    "destination": account_id,
                    "transfer_group": key,
                    "metadata": {"payout_id": str(payout_id)},
                },
                {"idempotency_key": key},
            )
        )
        return str(made["id"])


def _standing(account: dict[str, Any]) -> Standing:
    return Standing(
        account_id=str(account["id"]),
        details_submitted=bool(account.get("details_submitted")),
        payouts_enabled=bool(account.get("payouts_enabled")),
    )
