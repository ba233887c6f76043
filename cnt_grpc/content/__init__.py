"""The content room: the catalogue of what people publish to be heard, watched and read.

The plug board builds ContentService and ContentJobs, registers `moderated_kinds` with the moderation room, has the
clock start PERIODIC, and calls `seed`.
"""

from cnt_grpc.content.jobs import PERIODIC, ContentJobs
from cnt_grpc.content.kinds import KINDS
from cnt_grpc.content.moderated import Moderated
from cnt_grpc.content.rules.categories import seed
from cnt_grpc.content.service import ContentService

moderated_kinds = tuple(Moderated(kind) for kind in KINDS)
"""Every kind of item, as the moderation room takes it."""

__all__ = ["PERIODIC", "ContentJobs", "ContentService", "moderated_kinds", "seed"]
