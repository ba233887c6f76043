"""The moderation room: one mechanism for every kind of thing that moderators approve, reject or take away.

It knows no kind. Rooms above keep status and visibility on their own rows, and may call in their own transaction:

    Status                      where a thing stands: one set of words for all kinds
    moved                       whenever a thing came to stand elsewhere, was made or was deleted
    Act, record                 to audit what someone did by virtue of a role
    Kind, Subject, Decision, Filter, After      what a room offers so that moderators reach its things

The plug board builds ModerationService from Kinds, the register of every room's kinds; `verify` walks the
audit's chain.
"""

from cnt_grpc.moderation.audit import Act, Verdict, record, verify
from cnt_grpc.moderation.kinds import After, Decision, Filter, Kind, Kinds, Subject
from cnt_grpc.moderation.rules import moved
from cnt_grpc.moderation.service import ModerationService
from cnt_grpc.moderation.status import Status

__all__ = [
    "Act",
    "After",
    "Decision",
    "Filter",
    "Kind",
    "Kinds",
    "ModerationService",
    "Status",
    "Subject",
    "Verdict",
    "moved",
    "record",
    "verify",
]
