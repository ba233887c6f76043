"""The content room: the catalogue of what people publish to be heard, watched and read.

app.py builds ContentService, registers `moderated_kinds` with the moderation room, and calls `seed`.
"""

from cnt_grpc.content.kinds import KINDS
from cnt_grpc.content.moderated import Moderated
from cnt_grpc.content.rules.categories import seed
from cnt_grpc.content.service import ContentService

moderated_kinds = tuple(Moderated(kind) for kind in KINDS)
"""Every kind of item, as the moderation room takes it."""

__all__ = ["ContentService", "moderated_kinds", "seed"]
