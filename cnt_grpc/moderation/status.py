"""Where a moderated thing or a report stands, in the words that rooms store and that moderators decide by."""

from enum import StrEnum


class Status(StrEnum):
    """Where a moderated thing stands."""

    PENDING = "pending"
    """Waits for a moderator; its author and moderators see it."""
    APPROVED = "approved"
    """Everyone sees it."""
    REJECTED = "rejected"
    """Refused with a reason; its author and moderators see it."""
    ARCHIVED = "archived"
    """Taken out of the catalogue and kept; its author and moderators see it."""


class ReportStatus(StrEnum):
    """What has become of a report."""

    OPEN = "open"
    """Waits for a moderator."""
    UPHELD = "upheld"
    """A moderator found it right."""
    DISMISSED = "dismissed"
    """A moderator found nothing wrong."""


class ReportCategory(StrEnum):
    """What is wrong with a reported thing."""

    SPAM = "spam"
    ABUSE = "abuse"
    INDECENCY = "indecency"
    DANGER = "danger"
    COPYRIGHT = "copyright"
    IMPOSTURE = "imposture"
    FALSEHOOD = "falsehood"
    OTHER = "other"
