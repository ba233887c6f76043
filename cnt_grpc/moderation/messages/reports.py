"""Reports as messages; pure."""

from collections.abc import Iterable
from typing import Final

from cnt_grpc.kit.times import set_time
from cnt_grpc.moderation.rules.reports import Reported
from cnt_grpc.moderation.status import ReportCategory, ReportStatus
from cnt_grpc.pb.cnt.moderation.v1 import report_pb2

_STATUSES: Final = {each: report_pb2.ReportStatus.Value(f"REPORT_STATUS_{each.name}") for each in ReportStatus}
_CATEGORIES: Final = {each: report_pb2.ReportCategory.Value(f"REPORT_CATEGORY_{each.name}") for each in ReportCategory}
STATUS_ASKED: Final = {
    report_pb2.REPORT_STATUS_UNSPECIFIED: ReportStatus.OPEN,
    **{number: each for each, number in _STATUSES.items()},
}
"""What a request means by a status."""
CATEGORY_GIVEN: Final = {number: each for each, number in _CATEGORIES.items()}
"""What a request means by a category."""


def report(reported: Reported) -> report_pb2.Report:
    """One report."""
    row, thing = reported.row, reported.thing
    made = report_pb2.Report(
        report_id=row["id"],
        content_type=row["kind"],
        content_id=row["thing_id"],
        gone=thing is None,
        author_id=row["author_id"],
        category=_CATEGORIES[ReportCategory(row["category"])],
        details=row["details"],
        reporter_id=row["reporter_id"],
        reporter_name=row["reporter_name"],
        open_reports=row["open_reports"],
        status=_STATUSES[ReportStatus(row["status"])],
        resolved_by=row["resolved_by"] or 0,
        note=row["note"],
    )
    if thing is not None:
        made.title = thing.title
        made.author_name = thing.author_name
        made.author_username = thing.author_username
    set_time(made.created_at, row["created_at"])
    if row["resolved_at"] is not None:
        set_time(made.resolved_at, row["resolved_at"])
    return made


def reports(shown: Iterable[Reported], next_page_token: str) -> report_pb2.ListReportsResponse:
    """A page of reports."""
    return report_pb2.ListReportsResponse(reports=map(report, shown), next_page_token=next_page_token)
