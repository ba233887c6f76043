"""The community room: what people share with each other, and say to it.

The plug board builds CommunityService registers `moderated_kinds` with the moderation room, and
has the worker do HANDLERS.
"""

from cnt_grpc.community.background import HANDLERS
from cnt_grpc.community.moderated import ModeratedPosts
from cnt_grpc.community.service import CommunityService

moderated_kinds = (ModeratedPosts(),)
"""Every kind of thing that the moderation room decides on."""

__all__ = ["HANDLERS", "CommunityService", "moderated_kinds"]
