"""Discount codes and prices as messages, and requests as what their rules take."""

from typing import Final

from cnt_grpc.kit.db import Row
from cnt_grpc.payment.messages.moments import moment, stamp
from cnt_grpc.payment.rules.discounts import Price
from cnt_grpc.pb.cnt.payment.v1 import discount_pb2

_KIND: Final = {
    "percent": discount_pb2.DISCOUNT_KIND_PERCENT,
    "fixed": discount_pb2.DISCOUNT_KIND_FIXED,
    "bonus_coins": discount_pb2.DISCOUNT_KIND_BONUS_COINS,
}
_KIND_NAME: Final = {number: name for name, number in _KIND.items()}


def discount_code(row: Row) -> discount_pb2.DiscountCode:
    """One code."""
    return discount_pb2.DiscountCode(
        discount_code_id=row["id"],
        code=row["code"],
        kind=_KIND[row["kind"]],
        value=row["value"],
        currency=row["currency"],
        min_amount_minor=row["min_amount_minor"],
        max_uses=row["max_uses"],
        max_uses_per_person=row["max_uses_per_person"],
        uses=row["uses"],
        starts_at=stamp(row["starts_at"]),
        ends_at=stamp(row["ends_at"]),
        package_id=row["package_id"] or 0,
        stackable=row["stackable"],
        is_active=row["is_active"],
        is_reward=row["owner_id"] is not None,
    )


def new_code(request: discount_pb2.CreateDiscountCodeRequest) -> dict[str, object]:
    """A code to be."""
    return {
        "code": request.code.upper(),
        "kind": _KIND_NAME[request.kind],
        "value": request.value,
        "currency": request.currency,
        "min_amount_minor": request.min_amount_minor,
        "max_uses": request.max_uses,
        "max_uses_per_person": request.max_uses_per_person,
        "starts_at": moment(request, "starts_at"),
        "ends_at": moment(request, "ends_at"),
        "package_id": request.package_id or None,
        "stackable": request.stackable,
    }


def code_changes(request: discount_pb2.UpdateDiscountCodeRequest) -> dict[str, object]:
    """What to change of a code: only what the request names."""
    found: dict[str, object] = {
        name: getattr(request, name)
        for name in ("max_uses", "max_uses_per_person", "is_active")
        if request.HasField(name)
    }
    if request.HasField("ends_at"):
        found["ends_at"] = moment(request, "ends_at")
    return found


def price(found: Price) -> discount_pb2.ValidateDiscountResponse:
    """What a purchase would cost."""
    return discount_pb2.ValidateDiscountResponse(
        full_amount_minor=found.full_amount_minor,
        amount_minor=found.amount_minor,
        currency=found.currency,
        coins=found.coins,
    )
