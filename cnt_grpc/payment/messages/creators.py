"""Accounts, earnings and payouts of creators as messages."""

from typing import Final

from cnt_grpc.kit.db import Row
from cnt_grpc.payment.messages.moments import stamp
from cnt_grpc.payment.rules.payouts import Earned
from cnt_grpc.payment.stripe_accounts import Standing
from cnt_grpc.pb.cnt.payment.v1 import donation_pb2, payout_pb2

_PROVIDER: Final = {
    "stripe": donation_pb2.PAYMENT_METHOD_STRIPE,
    "paypal": donation_pb2.PAYMENT_METHOD_PAYPAL,
}
_PROVIDER_NAME: Final = {number: name for name, number in _PROVIDER.items()}
_STATUS: Final = {
    "requested": payout_pb2.PAYOUT_STATUS_REQUESTED,
    "paid": payout_pb2.PAYOUT_STATUS_PAID,
    "failed": payout_pb2.PAYOUT_STATUS_FAILED,
}


def provider(request: payout_pb2.CreatePaymentAccountRequest) -> str:
    """The word for a provider."""
    return _PROVIDER_NAME[request.provider]


def account(row: Row) -> payout_pb2.PaymentAccount:
    """One account."""
    return payout_pb2.PaymentAccount(
        payment_account_id=row["id"],
        provider=_PROVIDER[row["provider"]],
        account_id=row["account_id"],
        is_active=row["is_active"],
        created_at=stamp(row["created_at"]),
    )


def status(found: Standing | None) -> payout_pb2.ConnectStatus:
    """How an account at Stripe stands; None: there is none."""
    if found is None:
        return payout_pb2.ConnectStatus()
    return payout_pb2.ConnectStatus(
        has_account=True, details_submitted=found.details_submitted, payouts_enabled=found.payouts_enabled
    )


def earnings(found: Earned) -> payout_pb2.Earnings:
    """What is there in one currency."""
    return payout_pb2.Earnings(
        currency=found.currency,
        available=found.available,
        debt=found.debt,
        worth_minor=found.worth_minor,
        worth_currency=found.worth_currency,
    )


def payout(row: Row) -> payout_pb2.Payout:
    """One payout."""
    return payout_pb2.Payout(
        payout_id=row["id"],
        amount_minor=row["amount_minor"],
        currency=row["currency"],
        coins=row["coins"],
        payment_account_id=row["payment_account_id"],
        status=_STATUS[row["status"]],
        created_at=stamp(row["created_at"]),
    )
