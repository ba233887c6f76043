"""Packages, gifts and the commission as messages, and requests as what their rules take."""

from collections.abc import Iterable
from typing import Final

from google.protobuf.message import Message

from cnt_grpc.kit.db import Row
from cnt_grpc.payment.messages.moments import stamp
from cnt_grpc.payment.rules.gifts import Wish
from cnt_grpc.payment.rules.packages import REWARD_DAYS
from cnt_grpc.pb.cnt.payment.v1 import coin_package_pb2, commission_pb2, gift_pb2

_KIND: Final = {
    "percentage": commission_pb2.COMMISSION_KIND_PERCENTAGE,
    "fixed": commission_pb2.COMMISSION_KIND_FIXED,
}
_KIND_NAME: Final = {number: name for name, number in _KIND.items()}


def changes(request: Message, *, besides: str) -> dict[str, object]:
    """The optional fields that a request names; `besides`: the field that says of what."""
    return {
        field.name: getattr(request, field.name)
        for field, _ in request.ListFields()
        if field.name not in {besides, "request_id"}
    }


def coin_package(row: Row) -> coin_package_pb2.CoinPackage:
    """One package."""
    return coin_package_pb2.CoinPackage(
        package_id=row["id"],
        name=row["name"],
        coins=row["coins"],
        bonus_coins=row["bonus_coins"],
        amount_minor=row["amount_minor"],
        currency=row["currency"],
        position=row["position"],
        is_active=row["is_active"],
        reward_percent=row["reward_percent"],
        reward_days=row["reward_days"],
    )


def new_package(request: coin_package_pb2.CreateCoinPackageRequest) -> dict[str, object]:
    """A package to be."""
    return {
        "name": request.name,
        "coins": request.coins,
        "bonus_coins": request.bonus_coins,
        "amount_minor": request.amount_minor,
        "currency": request.currency,
        "position": request.position,
        "reward_percent": request.reward_percent,
        "reward_days": request.reward_days or REWARD_DAYS,
    }


def gift(row: Row) -> gift_pb2.Gift:
    """One gift."""
    return gift_pb2.Gift(
        gift_id=row["id"],
        name=row["name"],
        icon=row["icon"],
        price_coins=row["price_coins"],
        position=row["position"],
        is_active=row["is_active"],
    )


def new_gift(request: gift_pb2.CreateGiftRequest) -> dict[str, object]:
    """A gift to be."""
    return {
        "name": request.name,
        "icon": request.icon,
        "price_coins": request.price_coins,
        "position": request.position,
    }


def wish(request: gift_pb2.SendGiftRequest) -> Wish:
    """What somebody wants to give."""
    return Wish(
        gift_id=request.gift_id,
        recipient_id=request.recipient_id,
        quantity=request.quantity or 1,
        message=request.message,
        stream_id=request.stream_id,
    )


def sent_gift(request: gift_pb2.SendGiftRequest, sender_id: int, row: Row) -> gift_pb2.SendGiftResponse:
    """The gift that was just given."""
    return gift_pb2.SendGiftResponse(
        gift=gift_pb2.GivenGift(
            gift_transaction_id=row["id"],
            gift_id=row["gift_id"],
            gift_name=row["name"],
            gift_icon=row["icon"],
            quantity=request.quantity or 1,
            coins=row["coins"],
            earned_coins=row["coins"] - row["commission_coins"],
            sender_id=sender_id,
            sender_name=row["sender_name"],
            recipient_id=request.recipient_id,
            recipient_name=row["recipient_name"],
            message=request.message,
            stream_id=request.stream_id,
            created_at=stamp(row["created_at"]),
        ),
        balance_coins=row["balance_after"],
    )


def given_gifts(rows: Iterable[Row], viewer_id: int) -> list[gift_pb2.GivenGift]:
    """Gifts that were given. Where a block came between the two, the other one is nobody, and wrote nothing."""
    return [_given(row, is_sender=row["sender_id"] == viewer_id) for row in rows]


def _given(row: Row, *, is_sender: bool) -> gift_pb2.GivenGift:
    shows_sender, shows_recipient = row["met"] or is_sender, row["met"] or not is_sender
    return gift_pb2.GivenGift(
        gift_transaction_id=row["id"],
        gift_id=row["gift_id"],
        gift_name=row["gift_name"],
        gift_icon=row["gift_icon"],
        quantity=row["quantity"],
        coins=row["coins"],
        earned_coins=row["coins"] - row["commission_coins"],
        sender_id=row["sender_id"] if shows_sender else 0,
        sender_name=row["sender_name"] if shows_sender else "",
        recipient_id=row["recipient_id"] if shows_recipient else 0,
        recipient_name=row["recipient_name"] if shows_recipient else "",
        message=row["message"] if shows_sender else "",
        stream_id=row["stream_id"] or 0,
        created_at=stamp(row["created_at"]),
    )


def commission(row: Row) -> commission_pb2.Commission:
    """The rule of the commission."""
    return commission_pb2.Commission(
        kind=_KIND[row["kind"]],
        basis_points=row["basis_points"],
        fixed_minor=row["fixed_minor"],
        fixed_coins=row["fixed_coins"],
        is_active=row["is_active"],
        minor_per_thousand_coins=row["minor_per_thousand_coins"],
        coin_currency=row["coin_currency"],
        since=stamp(row["since"]),
    )


def commission_kind(request: commission_pb2.UpdateCommissionRequest) -> str:
    """The word for a kind of commission."""
    return _KIND_NAME[request.kind]
