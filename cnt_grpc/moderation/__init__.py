"""The moderation room: one mechanism for every kind of thing that moderators approve, reject or take away.

It knows no kind. Rooms above keep status and visibility on their own rows, and may call in their own transaction:

    Status                      where a thing stands: one set of words for all kinds
    Gate, visible_to, CALLER_ID who sees what stands where: the condition for every read of such things
    Things, moving, Standing    how the things of a kind move between their author and moderators, from a declaration
    Reviewed                    the same kind as moderators and reporters reach it: a Kind and a Reportable
    is_trusted                  whose things need no approval
    moved                       whenever a thing was made or was deleted
    Act, record, without_words  to audit what someone did by virtue of a role
    Kind, Subject, Decision, Filter, After      what a room offers so that moderators reach its things
    Reportable, Thing           what a room offers so that people can report its things
    begin                       how a text begins, where it has no title
    pending_by_kind             how much waits

The plug board builds ModerationService from Kinds and ReportService from Reportables, the registers of every room's
kinds, and takes HOLDER and People from here; `verify` walks the audit's chain.
"""

from cnt_grpc.moderation.audit import Act, Verdict, record, verify, without_words
from cnt_grpc.moderation.figures import FIGURES, pending
from cnt_grpc.moderation.gate import CALLER_ID, Gate, visible_to
from cnt_grpc.moderation.kinds import After, Decision, Filter, Kind, Kinds, Subject
from cnt_grpc.moderation.people import People
from cnt_grpc.moderation.privacy import HOLDER
from cnt_grpc.moderation.queries.things import Things, moving
from cnt_grpc.moderation.report_service import ReportService
from cnt_grpc.moderation.reportable import Reportable, Reportables, Thing, begin
from cnt_grpc.moderation.reviewed import Reviewed
from cnt_grpc.moderation.rules.lists import moved, pending_by_kind
from cnt_grpc.moderation.service import ModerationService
from cnt_grpc.moderation.standing import Standing, is_trusted
from cnt_grpc.moderation.status import Status

__all__ = [
    "CALLER_ID",
    "FIGURES",
    "HOLDER",
    "Act",
    "After",
    "Decision",
    "Filter",
    "Gate",
    "Kind",
    "Kinds",
    "ModerationService",
    "People",
    "ReportService",
    "Reportable",
    "Reportables",
    "Reviewed",
    "Standing",
    "Status",
    "Subject",
    "Thing",
    "Things",
    "Verdict",
    "begin",
    "is_trusted",
    "moved",
    "moving",
    "pending",
    "pending_by_kind",
    "record",
    "verify",
    "visible_to",
    "without_words",
]
