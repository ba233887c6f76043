"""The words of the live room: where a stream stands, who may come in, what they may do there, what its log tells."""

from enum import StrEnum
from typing import Final


class Kind(StrEnum):
    """What is given in a room."""

    STREAM = "stream"
    """One speaks, many listen; everyone finds it."""
    MEETING = "meeting"
    """Everyone speaks; found by its link alone."""


class Status(StrEnum):
    """Where a stream or a meeting stands."""

    SCHEDULED = "scheduled"
    """To come, or interrupted: its host may join and begin, or go on."""
    LIVE = "live"
    ENDED = "ended"


class Audience(StrEnum):
    """Who may come in."""

    EVERYONE = "everyone"
    GUESTS = "guests"
    ACCOUNTS = "accounts"


class Role(StrEnum):
    """What someone may do in a room."""

    HOST = "host"
    SPEAKER = "speaker"
    VIEWER = "viewer"


class Entry(StrEnum):
    """What an entry of a stream's log is."""

    CHAT = "chat"
    STATUS = "status"
    REMOVAL = "removal"
    MODERATION = "moderation"
    GIFT = "gift"


ASKED_FOR: Final = ""
"""Stands for the id of a recording while LiveKit is asked for it, and while its answer is not known."""


class Action(StrEnum):
    """What a host did to somebody."""

    MUTED = "muted"
    REMOVED = "removed"
    BANNED = "banned"
    PROMOTED = "promoted"
    DEMOTED = "demoted"
    ADMITTED = "admitted"
