"""The community room: what people share with each other, and say to it.

The plug board builds CommunityService with the process's one PostWatch, and QuoteJobs, registers `moderated_kinds` with
the moderation room and `searched` with the search, has the worker do HANDLERS, and lists HOLDER among those who know of
people.
"""

from cnt_grpc.community.background import HANDLERS
from cnt_grpc.community.moderated import ModeratedPosts, ReportedComments
from cnt_grpc.community.privacy import HOLDER
from cnt_grpc.community.quote_drawing import QuoteJobs
from cnt_grpc.community.rules.finding import FoundPosts
from cnt_grpc.community.service import CommunityService
from cnt_grpc.community.watch import PostWatch

moderated_kinds = (ModeratedPosts(),)
"""Every kind of thing that the moderation room decides on."""

reportable = (*moderated_kinds, ReportedComments())
"""Every kind of thing that people report."""

searched = (FoundPosts(),)
"""Every kind of thing that the search room finds."""

__all__ = [
    "HANDLERS",
    "HOLDER",
    "CommunityService",
    "PostWatch",
    "QuoteJobs",
    "moderated_kinds",
    "reportable",
    "searched",
]
