"""What counts as a play, and where people stopped."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from cnt_grpc.content.queries import listening as queries
from cnt_grpc.content.queries.items import visible_of_any_kind
from cnt_grpc.kit import clock, seal
from cnt_grpc.kit.db import Row, Tx
from cnt_grpc.kit.errors import NotFound
from cnt_grpc.kit.rpc.call import Caller
from cnt_grpc.moderation import Gate
from cnt_grpc.pb.cnt.content.v1.reason import Reason

_HALF_HOUR: Final = 1800
"""Seconds."""

_ROBOT: Final = re.compile(r"(?<!cu)bot\b|crawler|spider|slurp|facebookexternalhit|headless", re.IGNORECASE)
"""How robots call themselves; Cubot makes phones."""


@dataclass(frozen=True, slots=True)
class Device:
    """What is known of a listener besides their account."""

    id: str
    """As the device named itself; it may be empty."""
    address: str
    user_agent: str


async def play(tx: Tx, caller: Caller, item_id: int, device: Device) -> None:
    """Count that the item is played, once for each listener, item and half hour. Raises NotFound.

    It is a row and no more: a counter would be one row that all listeners of a popular item wait for.
    """
    gate = Gate.of(caller)
    if _ROBOT.search(device.user_agent):
        found = await tx.value(visible_of_any_kind(gate), item_id=item_id, **gate.parameters(caller))
    else:
        found = await tx.value(
            queries.add_play(gate),
            item_id=item_id,
            half_hour=_half_hour(clock.now()),
            listener=_listener(caller, device),
            **gate.parameters(caller),
        )
    if found is None:
        raise NotFound(Reason.CONTENT_NOT_FOUND)


async def position(tx: Tx, caller: Caller, item_id: int) -> Row:
    """Where the caller stopped in an item. Raises NotFound."""
    gate = Gate.of(caller)
    given = {"item_id": item_id, "listener_id": caller.user_id}
    row = await tx.one(queries.position_in(gate), **given, **gate.parameters(caller))
    if row is None:
        raise NotFound(Reason.CONTENT_NOT_FOUND)
    return row


async def save_position(tx: Tx, caller: Caller, item_id: int, position: int) -> None:
    """Remember where the caller stopped in an item. Raises NotFound."""
    gate = Gate.of(caller)
    given = {"item_id": item_id, "listener_id": caller.user_id, "position": position, "now": clock.now()}
    if await tx.value(queries.save_position(gate), **given, **gate.parameters(caller)) is None:
        raise NotFound(Reason.CONTENT_NOT_FOUND)


def _listener(caller: Caller, device: Device) -> bytes:
    """Equal for equal listeners. Keyed, so that nobody who reads the table finds out who listened to what."""
    name = f"device\n{device.id}\n{device.address}" if caller.is_anonymous else f"account\n{caller.user_id}"
    return seal.sign("listener", name.encode())


def _half_hour(now: datetime) -> datetime:
    return datetime.fromtimestamp(int(now.timestamp()) // _HALF_HOUR * _HALF_HOUR, UTC)
