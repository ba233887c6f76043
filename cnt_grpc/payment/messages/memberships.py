"""Plans and subscriptions as messages, and requests as what their rules take."""

from typing import Final

from cnt_grpc.kit.db import Row
from cnt_grpc.payment.messages.moments import stamp
from cnt_grpc.payment.rules.plans import PREMIUM
from cnt_grpc.pb.cnt.payment.v1 import subscription_pb2

_INTERVAL: Final = {
    "month": subscription_pb2.PLAN_INTERVAL_MONTH,
    "year": subscription_pb2.PLAN_INTERVAL_YEAR,
}
_INTERVAL_NAME: Final = {number: name for name, number in _INTERVAL.items()}
_STATUS: Final = {
    "pending": subscription_pb2.SUBSCRIPTION_STATUS_PENDING,
    "trialing": subscription_pb2.SUBSCRIPTION_STATUS_TRIALING,
    "active": subscription_pb2.SUBSCRIPTION_STATUS_ACTIVE,
    "past_due": subscription_pb2.SUBSCRIPTION_STATUS_PAST_DUE,
    "ended": subscription_pb2.SUBSCRIPTION_STATUS_ENDED,
}


def plan(row: Row, prefix: str = "") -> subscription_pb2.Plan:
    """One plan; `prefix` of its columns where the row is a subscription's."""
    return subscription_pb2.Plan(
        plan_id=row[f"{prefix}id"],
        name=row[f"{prefix}name"],
        description=row[f"{prefix}description"],
        amount_minor=row[f"{prefix}amount_minor"],
        currency=row[f"{prefix}currency"],
        interval=_INTERVAL[row[f"{prefix}interval"]],
        trial_days=row[f"{prefix}trial_days"],
        entitlements=row[f"{prefix}entitlements"],
        position=row[f"{prefix}position"],
        is_active=row[f"{prefix}is_active"],
    )


def new_plan(request: subscription_pb2.CreatePlanRequest) -> dict[str, object]:
    """A plan to be."""
    return {
        "name": request.name,
        "description": request.description,
        "amount_minor": request.amount_minor,
        "currency": request.currency,
        "interval": _INTERVAL_NAME[request.interval],
        "trial_days": request.trial_days,
        "entitlements": list(dict.fromkeys(request.entitlements)) or [PREMIUM],
        "position": request.position,
    }


def subscription(row: Row) -> subscription_pb2.Subscription:
    """One subscription."""
    return subscription_pb2.Subscription(
        subscription_id=row["id"],
        plan=plan(row, "plan_"),
        status=_STATUS[row["status"]],
        current_period_end=stamp(row["period_end"]),
        cancel_at_period_end=row["cancel_at_period_end"],
    )
