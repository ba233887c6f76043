"""Inboxes: what people are told, kept until they delete it or it is 90 days old, streamed to them as it is written, and
sent to their devices and by mail where and when they want that.

Other rooms call `tell` in the transaction that gives the reason, with one of the notices below:

    await notification.tell(tx, [creator_id], notification.ContentApproved(content_type=…, content_id=…, …))

A notice that shows something that moderators may hide says what: `about=notification.thing("podcast", 12)`. Who hides
or deletes it calls `take_back`, and who shows it again `show_again`; for what is moderated, moderation does.

The jobs of auth that tell someone of a security event and mail a code end here, too. The plug board builds the services
(with `inbox.dispatcher`) and DeliveryJobs (with one of the mailers, and Fcm where it is configured), and takes the
other handlers and the schedule from jobs.py.
"""

from cnt_grpc.notification.delivering import DeliveryJobs
from cnt_grpc.notification.device_service import DeviceService
from cnt_grpc.notification.fcm import Fcm, ServiceAccount
from cnt_grpc.notification.letters import Letters
from cnt_grpc.notification.mail import Mailer
from cnt_grpc.notification.mail_folder import MailFolder
from cnt_grpc.notification.mail_resend import ResendMailer
from cnt_grpc.notification.mail_ses import SesMailer
from cnt_grpc.notification.mail_smtp import SmtpMailer
from cnt_grpc.notification.notice import thing
from cnt_grpc.notification.notices import (
    Announcement,
    Comment,
    ContentApproved,
    ContentRejected,
    CreatorApproved,
    CreatorRejected,
    Donation,
    EditFinished,
    EventAnswer,
    EventReminder,
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
from cnt_grpc.notification.privacy import HOLDER
from cnt_grpc.notification.push import Pusher
from cnt_grpc.notification.service import NotificationService
from cnt_grpc.notification.taking_back import show_again, take_back
from cnt_grpc.notification.unsubscribe_service import UnsubscribeService

__all__ = [
    "HOLDER",
    "Announcement",
    "Comment",
    "ContentApproved",
    "ContentRejected",
    "CreatorApproved",
    "CreatorRejected",
    "DeliveryJobs",
    "DeviceService",
    "Donation",
    "EditFinished",
    "EventAnswer",
    "EventReminder",
    "Fcm",
    "Follow",
    "Gift",
    "Letters",
    "Like",
    "LiveStart",
    "MailFolder",
    "Mailer",
    "NewItem",
    "NotificationService",
    "Pusher",
    "Reply",
    "ResendMailer",
    "SecurityAlert",
    "ServiceAccount",
    "SesMailer",
    "SmtpMailer",
    "SupportAnswer",
    "UnsubscribeService",
    "show_again",
    "take_back",
    "tell",
    "thing",
]
