"""The community room: what people share with each other, and say to it.

Rooms above may call upcoming_events, in their own transaction.

The plug board builds CommunityService with the process's one PostWatch, EventService, SupportService and QuoteJobs,
registers `moderated_kinds` and `reportable` with the moderation room and `searched` with the search, has the worker do
HANDLERS and the clock start PERIODIC, and lists HOLDER among those who know something of people.
"""

from cnt_grpc.community.background import HANDLERS as _OF_POSTS
from cnt_grpc.community.moderated import EVENTS, POSTS, ReportedComments
from cnt_grpc.community.privacy import HOLDER
from cnt_grpc.community.queries.figures import FIGURES
from cnt_grpc.community.quote_drawing import QuoteJobs
from cnt_grpc.community.reminders import PERIODIC, REMINDER_HANDLERS
from cnt_grpc.community.rules.event_finding import FoundEvents
from cnt_grpc.community.rules.event_lists import upcoming as upcoming_events
from cnt_grpc.community.rules.finding import FoundPosts
from cnt_grpc.community.service import CommunityService
from cnt_grpc.community.service.events import EventService
from cnt_grpc.community.service.support import SupportService
from cnt_grpc.community.watch import PostWatch

HANDLERS = {**_OF_POSTS, **REMINDER_HANDLERS}
"""What the worker does for this room, beside quote images."""

moderated_kinds = (POSTS, EVENTS)
"""Every kind of thing that the moderation room decides on."""

reportable = (*moderated_kinds, ReportedComments())
"""Every kind of thing that people report."""

searched = (FoundPosts(), FoundEvents())
"""Every kind of thing that the search room finds."""

__all__ = [
    "FIGURES",
    "HANDLERS",
    "HOLDER",
    "PERIODIC",
    "CommunityService",
    "EventService",
    "PostWatch",
    "QuoteJobs",
    "SupportService",
    "moderated_kinds",
    "reportable",
    "searched",
    "upcoming_events",
]
