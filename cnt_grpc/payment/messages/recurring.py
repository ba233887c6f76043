"""Recurring donations as messages."""

from typing import Final

from cnt_grpc.kit.db import Row
from cnt_grpc.payment.messages.moments import stamp
from cnt_grpc.payment.rules.donations import Gift
from cnt_grpc.pb.cnt.payment.v1 import recurring_donation_pb2

_INTERVAL: Final = {
    "week": recurring_donation_pb2.GIVING_INTERVAL_WEEKLY,
    "month": recurring_donation_pb2.GIVING_INTERVAL_MONTHLY,
}
_INTERVAL_NAME: Final = {number: name for name, number in _INTERVAL.items()}
_STATUS: Final = {
    "pending": recurring_donation_pb2.RECURRING_DONATION_STATUS_PENDING,
    "active": recurring_donation_pb2.RECURRING_DONATION_STATUS_ACTIVE,
    "past_due": recurring_donation_pb2.RECURRING_DONATION_STATUS_PAST_DUE,
    "ended": recurring_donation_pb2.RECURRING_DONATION_STATUS_ENDED,
}


def interval(request: recurring_donation_pb2.CreateRecurringDonationRequest) -> str:
    """The word for how often."""
    return _INTERVAL_NAME[request.interval]


def wanted(request: recurring_donation_pb2.CreateRecurringDonationRequest) -> Gift:
    """What somebody wants to give each time."""
    return Gift(
        recipient_id=request.recipient_id,
        amount_minor=request.amount_minor,
        currency=request.currency,
        message=request.message,
        is_anonymous=request.is_anonymous,
    )


def recurring(row: Row) -> recurring_donation_pb2.RecurringDonation:
    """One recurring donation, as its giver sees it; who gets it is nobody where a block came between the two."""
    return recurring_donation_pb2.RecurringDonation(
        recurring_donation_id=row["id"],
        recipient_id=row["recipient_id"] if row["met"] else 0,
        recipient_name=row["recipient_name"] if row["met"] else "",
        amount_minor=row["amount_minor"],
        currency=row["currency"],
        interval=_INTERVAL[row["interval"]],
        message=row["message"],
        is_anonymous=row["is_anonymous"],
        status=_STATUS[row["status"]],
        next_at=stamp(row["next_at"]),
        created_at=stamp(row["created_at"]),
    )
