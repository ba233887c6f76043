"""PayPal Payouts: sending earnings to an account at PayPal, and what became of it."""

import re
from dataclasses import dataclass
from typing import Any, Final

from cnt_grpc.kit.errors import Invalid
from cnt_grpc.payment import currencies
from cnt_grpc.payment.paypal import PayPal
from cnt_grpc.pb.cnt.payment.v1.reason import Reason

_ADDRESS: Final = re.compile(r"[^@\s]{1,64}@[^@\s]+\.[^@\s]+")
_PAYER: Final = re.compile(r"[A-Z0-9]{13}")
_FAILED: Final = frozenset({"FAILED", "RETURNED", "BLOCKED", "REFUNDED", "REVERSED", "DENIED", "CANCELED"})
"""Where the money stays with us, or has come back: nobody claims it for thirty days, for one."""


@dataclass(frozen=True, slots=True)
class Sent:
    """A payout as PayPal sees it."""

    ref: str
    is_paid: bool
    failure: str
    """Why nothing arrived; empty while it may still."""


@dataclass(frozen=True, slots=True)
class PayPalPayouts:
    """Payouts by PayPal."""

    paypal: PayPal

    def receiver(self, account_id: str) -> str:
        """An account as PayPal names it, which may be given in any case. Raises Invalid when it is none."""
        text = account_id.strip()
        if _ADDRESS.fullmatch(text):
            return text.lower()
        if _PAYER.fullmatch(text.upper()):
            return text.upper()
        raise Invalid(Reason.PAYMENT_ACCOUNT_INVALID, "an address or a payer id of PayPal is wanted")

    async def send(self, account_id: str, amount_minor: int, currency: str, key: str) -> str:
        """Send money, once for each key; PayPal's name of it. Raises Precondition.

        https://developer.paypal.com/docs/api/payments.payouts-batch/v1/#payouts_post
        """
        item = {
            "recipient_type": "EMAIL" if "@" in account_id else "PAYPAL_ID",
            "amount": {"currency": currency, "value": currencies.decimal(amount_minor, currency)},
            "receiver": account_id,
            "sender_item_id": key,
        }
        header = {"sender_batch_id": key, "email_subject": "Your earnings"}
        made = await self.paypal.ask(
            "POST",
            "/v1/payments/payouts",
            {"sender_batch_header": header, "items": [item]},
            key=key,
        )
        return str(made["batch_header"]["payout_batch_id"])

    async def read(self, ref: str) -> Sent:
        """What became of a payout."""
        found: dict[str, Any] = await self.paypal.ask("GET", f"/v1/payments/payouts/{ref}")
        items = found.get("items") or [{}]
        status = str(items[0].get("transaction_status") or "")
        batch = str(found["batch_header"].get("batch_status") or "")
        reason = str((items[0].get("errors") or {}).get("name") or status or batch)
        has_failed = status in _FAILED or batch in {"DENIED", "CANCELED"}
        return Sent(ref, is_paid=status == "SUCCESS", failure=reason if has_failed else "")
