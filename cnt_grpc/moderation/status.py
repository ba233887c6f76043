"""Where a moderated thing stands, in the words that every room stores and that moderators decide by."""

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
