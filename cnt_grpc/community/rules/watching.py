"""Waking those who watch a post, whenever something changes that they would see."""

from typing import Final

from cnt_grpc.kit import events
from cnt_grpc.kit.db import Tx

TOPIC: Final = "post"
"""Of wake-ups: the key is the post that changed."""


def wake(tx: Tx, post_id: int) -> None:
    """Wake them when the transaction commits."""
    events.wake(tx, TOPIC, post_id)
