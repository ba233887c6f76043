"""Moderation's gate before every read of the catalogue: what it does not let through does not exist for the caller."""

from sqlalchemy import ColumnElement

from cnt_grpc import moderation
from cnt_grpc.content.tables import content_items
from cnt_grpc.moderation import Gate, Status


def visible_to(gate: Gate, at: Status | None = None) -> ColumnElement[bool]:
    """The condition that an item may be seen, and that it stands `at` a status if one is asked for."""
    return moderation.visible_to(gate, content_items.c.status, content_items.c.creator_id, at)
