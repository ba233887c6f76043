"""Inboxes: what people are told, kept until they delete it or it is 90 days old, and streamed to them as it is written.

Other rooms call `tell` in the transaction that gives the reason, with one of the notices below:

    await notification.tell(tx, [creator_id], notification.ContentApproved(content_type=…, content_id=…, …))

The job of auth that tells someone of a security event ends here, too. app.py builds the service on `inbox.dispatcher`,
and takes handlers and schedule from jobs.py.
"""

from cnt_grpc.notification.notices import (
    Announcement,
    Comment,
    ContentApproved,
    ContentRejected,
    Donation,
    EditFinished,
    EventAnswer,
    Follow,
    Gift,
    Like,
    LiveStart,
    NewItem,
    Reply,
    SecurityAlert,
    SupportAnswer,
)
from cnt_grpc.notification.outbox import tell
from cnt_grpc.notification.service import NotificationService

__all__ = [
    "Announcement",
    "Comment",
    "ContentApproved",
    "ContentRejected",
    "Donation",
    "EditFinished",
    "EventAnswer",
    "Follow",
    "Gift",
    "Like",
    "LiveStart",
    "NewItem",
    "NotificationService",
    "Reply",
    "SecurityAlert",
    "SupportAnswer",
    "tell",
]
