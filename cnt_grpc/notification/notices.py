"""Everything that the platform tells people: one class a type, with its facts, words, and where it goes by default."""

from dataclasses import dataclass

from cnt_grpc.notification.notice import Channel, Notice, Preferences

_INBOX = Preferences(frozenset({Channel.IN_APP}))
"""Pleasant to know, and never worth an interruption."""
_PUSHED = Preferences(frozenset({Channel.IN_APP, Channel.PUSH}))
"""Worth a buzz, because it is about this person now."""
_MAILED = Preferences(frozenset(Channel))
"""Worth a mail, because the person waits for it or would want a record of it."""
_SECURITY = Preferences(frozenset(Channel), always=frozenset({Channel.IN_APP, Channel.MAIL}))
"""Whoever takes over an account must not be able to silence the alarm."""


@dataclass(frozen=True, kw_only=True)
class Like(Notice, type="like", title="{name} {likes} your {what}", message="{name} {likes} it.", preferences=_INBOX):
    """Someone, or several people, liked a post or a comment of the recipient's."""

    user_id: int
    """Who was the last."""
    name: str
    post_id: int
    comment_id: int = 0
    """0 when it is the post itself."""
    what: str = "post"
    likes: str = "likes"
    """In words between the name and what is liked, such as “and 4 others like”."""


@dataclass(frozen=True, kw_only=True)
class Comment(Notice, type="comment", title="{name} commented on your post", message="{excerpt}", preferences=_PUSHED):
    """Someone commented on a post of the recipient's."""

    user_id: int
    name: str
    post_id: int
    comment_id: int
    excerpt: str


@dataclass(frozen=True, kw_only=True)
class Reply(Notice, type="reply", title="{name} replied to your comment", message="{excerpt}", preferences=_PUSHED):
    """Someone replied to a comment of the recipient's."""

    user_id: int
    name: str
    post_id: int
    comment_id: int
    excerpt: str


@dataclass(frozen=True, kw_only=True)
class Follow(Notice, type="follow", title="{name} follows you", message="{name} now follows you.", preferences=_PUSHED):
    """Someone follows the recipient."""

    user_id: int
    name: str


@dataclass(frozen=True, kw_only=True)
class ContentApproved(
    Notice,
    type="content_approved",
    title="“{content_title}” is approved",
    message="“{content_title}” is approved, and everyone can find it now.",
    preferences=_MAILED,
):
    """Something of the recipient's was approved."""

    content_type: str
    """Such as podcast or post."""
    content_id: int
    content_title: str


@dataclass(frozen=True, kw_only=True)
class ContentRejected(
    Notice,
    type="content_rejected",
    title="“{content_title}” is not approved",
    message="“{content_title}” was not approved: {reason}",
    preferences=_MAILED,
):
    """Something of the recipient's was not approved."""

    content_type: str
    content_id: int
    content_title: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class CreatorApproved(
    Notice,
    type="creator_approved",
    title="Welcome as a creator, {stage_name}",
    message="Your application is approved: as “{stage_name}” you can publish, and you have a verified profile.",
    preferences=_MAILED,
):
    """The recipient applied to be a creator, and is one now."""

    application_id: int
    stage_name: str


@dataclass(frozen=True, kw_only=True)
class CreatorRejected(
    Notice,
    type="creator_rejected",
    title="Your application to be a creator",
    message="Your application as “{stage_name}” was not approved: {reason} You may apply again.",
    preferences=_MAILED,
):
    """The recipient applied to be a creator, and is none yet."""

    application_id: int
    stage_name: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class NewItem(
    Notice,
    type="new_item",
    title="{artist_name} published “{content_title}”",
    message="“{content_title}” by {artist_name} is new.",
    preferences=_PUSHED,
):
    """An artist whom the recipient follows published something."""

    user_id: int
    """The artist as a person."""
    content_type: str
    content_id: int
    content_title: str
    artist_id: int
    artist_name: str


@dataclass(frozen=True, kw_only=True)
class EventAnswer(
    Notice,
    type="event_answer",
    title="{name}: {answer}",
    message="{name} answered about “{event_title}”: {answer}.",
    preferences=_PUSHED,
):
    """Someone answered an invitation of the recipient's, or a host answered theirs."""

    user_id: int
    name: str
    event_id: int
    event_title: str
    answer: str
    """In words, such as “coming” or “accepted”."""


@dataclass(frozen=True, kw_only=True)
class EventReminder(
    Notice,
    type="event_reminder",
    title="“{event_title}” begins soon",
    message="“{event_title}” begins at {starts_at}.",
    preferences=_PUSHED,
):
    """An event to which the recipient wants to come begins within a day."""

    event_id: int
    event_title: str
    starts_at: str
    """In words, such as “2026-11-20 18:00 UTC”."""


@dataclass(frozen=True, kw_only=True)
class SupportAnswer(
    Notice,
    type="support_answer",
    title="An answer to “{subject}”",
    message="The support team answered your question “{subject}”.",
    preferences=_MAILED,
):
    """The support team answered the recipient."""

    ticket_id: int
    subject: str


@dataclass(frozen=True, kw_only=True)
class LiveStart(
    Notice,
    type="live_start",
    title="{name} is live",
    message="{name} is live now: “{stream_title}”.",
    preferences=_PUSHED,
):
    """Someone whom the recipient follows is live."""

    user_id: int
    name: str
    stream_id: int
    stream_title: str


@dataclass(frozen=True, kw_only=True)
class Gift(
    Notice,
    type="gift",
    title="{name} sent you a gift",
    message="{name} sent you: {gift_name}.",
    preferences=_PUSHED,
):
    """Someone sent the recipient a gift."""

    user_id: int
    name: str
    gift_id: int
    gift_name: str


@dataclass(frozen=True, kw_only=True)
class Donation(
    Notice,
    type="donation",
    title="{name} donated {amount}",
    message="{name} donated {amount} to you. Thank you for what you do.",
    preferences=_MAILED,
):
    """Someone donated to the recipient."""

    user_id: int
    """0 for someone who wants to stay unnamed."""
    name: str
    donation_id: int
    amount: str
    """In words, with the currency, such as “25.00 EUR”."""


@dataclass(frozen=True, kw_only=True)
class EditFinished(
    Notice,
    type="edit_finished",
    title="“{name}” {outcome}",
    message="Your edit of “{name}” {outcome}.",
    preferences=_PUSHED,
):
    """An edit that the recipient asked for is done."""

    job_id: int
    name: str
    outcome: str
    """In words that complete a sentence, such as “is ready” or “could not be made”."""


@dataclass(frozen=True, kw_only=True)
class SecurityAlert(
    Notice,
    type="security_alert",
    title="Security alert: {event}",
    message="{event} on {time} from {address}. If this was not you, change your password now.",
    preferences=_SECURITY,
):
    """Something happened to the recipient's account that they should know of."""

    event: str
    """In words that begin a sentence, such as “A used refresh token was presented again”."""
    time: str
    address: str


@dataclass(frozen=True, kw_only=True)
class Announcement(Notice, type="announcement", title="{subject}", message="{text}", preferences=_PUSHED):
    """The platform tells everyone something."""

    announcement_id: int
    subject: str
    text: str
