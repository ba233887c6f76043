"""Payments, purchases and donations as messages."""

from collections.abc import Iterable
from typing import Final

from google.api.httpbody_pb2 import HttpBody

from cnt_grpc.kit.db import Row
from cnt_grpc.payment.messages.moments import stamp
from cnt_grpc.payment.rules.donations import Gift
from cnt_grpc.pb.cnt.payment.v1 import coin_package_pb2, donation_pb2

_METHOD: Final = {
    "stripe": donation_pb2.PAYMENT_METHOD_STRIPE,
    "paypal": donation_pb2.PAYMENT_METHOD_PAYPAL,
}
_METHOD_NAME: Final = {number: name for name, number in _METHOD.items()}
_STATUS: Final = {
    "created": donation_pb2.PAYMENT_STATUS_PENDING,
    "pending": donation_pb2.PAYMENT_STATUS_PENDING,
    "succeeded": donation_pb2.PAYMENT_STATUS_SUCCEEDED,
    "failed": donation_pb2.PAYMENT_STATUS_FAILED,
    "canceled": donation_pb2.PAYMENT_STATUS_CANCELED,
}


def status(row: Row) -> donation_pb2.PaymentStatus.ValueType:
    """Where a payment stands, in one word."""
    if row["status"] == "succeeded":
        if row["disputed_minor"]:
            return donation_pb2.PAYMENT_STATUS_DISPUTED
        if row["amount_minor"] and row["reversed_minor"] == row["amount_minor"]:
            return donation_pb2.PAYMENT_STATUS_REFUNDED
    return _STATUS[row["status"]]


def purchase(payment: Row, given: Row) -> coin_package_pb2.Purchase:
    """One purchase of coins."""
    return coin_package_pb2.Purchase(
        payment_id=payment["id"],
        package_id=given["package_id"],
        package_name=given["package_name"],
        coins=given["coins"],
        full_amount_minor=given["full_amount_minor"],
        amount_minor=payment["amount_minor"],
        currency=payment["currency"],
        status=status(payment),
        created_at=stamp(payment["created_at"]),
    )


def method(request: donation_pb2.CreateDonationRequest) -> str:
    """The word for a way to pay."""
    return _METHOD_NAME[request.method]


def wanted(request: donation_pb2.CreatePaymentIntentRequest | donation_pb2.CreateDonationRequest) -> Gift:
    """What somebody wants to give."""
    return Gift(
        recipient_id=request.recipient_id,
        amount_minor=request.amount_minor,
        currency=request.currency,
        message=request.message,
        is_anonymous=request.is_anonymous,
    )


def donation(row: Row, *, viewer_id: int, sees_all: bool = False) -> donation_pb2.Donation:
    """One donation; its giver stays unnamed if they wish, but for themselves and (sees_all) administrators.

    The money stays where a block came between the two: the other one is nobody then, and what they wrote is nothing.
    """
    is_mine = row["giver_id"] == viewer_id
    named = sees_all or is_mine or (row["met"] and not row["is_anonymous"])
    told = row["met"] or not is_mine
    return donation_pb2.Donation(
        donation_id=row["id"],
        giver_id=row["giver_id"] if named else 0,
        giver_name=row["giver_name"] if named else "",
        recipient_id=row["recipient_id"] if told else 0,
        recipient_name=row["recipient_name"] if told else "",
        amount_minor=row["amount_minor"],
        currency=row["currency"],
        earned_minor=row["amount_minor"] - row["commission_minor"],
        refunded_minor=row["refunded_minor"],
        message=row["message"] if row["met"] or is_mine else "",
        is_anonymous=row["is_anonymous"],
        method=_METHOD[row["provider"]],
        status=status(row),
        created_at=stamp(row["created_at"]),
        paid_at=stamp(row["paid_at"]),
        recurring_donation_id=(row["recurring_donation_id"] or 0) if is_mine else 0,
    )


def pdf(document: bytes) -> HttpBody:
    """A document for download."""
    return HttpBody(content_type="application/pdf", data=document)


def eligibility(obstacle: str, methods: Iterable[str]) -> donation_pb2.GetDonationEligibilityResponse:
    """Whether somebody can be given to, and how."""
    return donation_pb2.GetDonationEligibilityResponse(
        is_eligible=not obstacle, obstacle=obstacle, methods=[] if obstacle else [_METHOD[name] for name in methods]
    )
