"""PayPal Payouts: sending earnings to an account at PayPal, and what became of it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from cnt_grpc.kit.errors import Invalid, Unavailable
from cnt_grpc.payment import currencies
from cnt_grpc.payment.paypal import PayPal, Refused
from cnt_grpc.pb.cnt.common.v1.reason import Reason as CommonReason
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
        """Send money, once for each key; PayPal's name of it. Raises Precondition when nothing was sent.

        PayPal refuses a name that it knows: then the money went when we asked before, and its answer was lost.
        https://developer.paypal.com/docs/api/payments.payouts-batch/v1/#payouts_post
        """
        item = {
            "recipient_type": "EMAIL" if "@" in account_id else "PAYPAL_ID",
            "amount": {"currency": currency, "value": currencies.decimal(amount_minor, currency)},
            "receiver": account_id,
            "sender_item_id": key,
        }
        header = {"sender_batch_id": key, "email_subject": "Your earnings"}
        wanted = {"sender_batch_header": header, "items": [item]}
        try:
            made = await self.paypal.ask("POST", "/v1/payments/payouts", wanted, key=key)
        except Refused as refused:
            if not (about := _of_our_name(refused.answer)):
                raise
            return _sent_before(refused.answer, about)
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


def _of_our_name(answer: Mapping[str, Any]) -> Mapping[str, Any]:
    """What PayPal finds wrong with the name that we gave a payout; empty when it is nothing."""
    return next((each for each in answer.get("details") or [] if each.get("field") == "SENDER_BATCH_ID"), {})


def _sent_before(answer: Mapping[str, Any], about: Mapping[str, Any]) -> str:
    """PayPal's name of the payout that has our name. Raises Unavailable when PayPal does not tell: it may be paid."""
    for holder in (about, answer):
        for link in holder.get("link") or holder.get("links") or []:
            name = str(link.get("href") or "").rpartition("/v1/payments/payouts/")[2]
            if link.get("rel") == "self" and name and "/" not in name:
                return name
    raise Unavailable(CommonReason.PARTY_UNAVAILABLE, "PayPal does not tell which payout it has", party="paypal")
