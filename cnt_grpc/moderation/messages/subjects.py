"""Moderated things as messages; pure."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from google.protobuf.timestamp_pb2 import Timestamp

from cnt_grpc.kit.errors import AppError
from cnt_grpc.moderation.kinds import Subject
from cnt_grpc.moderation.rules.lists import Pending
from cnt_grpc.moderation.status import Status
from cnt_grpc.pb.cnt.moderation.v1 import moderation_service_pb2 as pb2
from cnt_grpc.pb.cnt.moderation.v1 import status_pb2, subject_pb2

STATUSES: Final = {
    Status.PENDING: status_pb2.REVIEW_STATUS_PENDING,
    Status.APPROVED: status_pb2.REVIEW_STATUS_APPROVED,
    Status.REJECTED: status_pb2.REVIEW_STATUS_REJECTED,
    Status.ARCHIVED: status_pb2.REVIEW_STATUS_ARCHIVED,
}
"""The contract's word for each status."""


def subject(shown: Subject, pending_since: datetime | None = None) -> subject_pb2.Subject:
    """One moderated thing."""
    return subject_pb2.Subject(
        content_type=shown.kind,
        content_id=shown.id,
        title=shown.title,
        creator_id=shown.author_id,
        creator_name=shown.author_name,
        creator_username=shown.author_username,
        status=STATUSES[shown.status],
        reason=shown.reason,
        created_at=_time(shown.created_at),
        pending_since=_time(pending_since) if pending_since else None,
    )


def pending(shown: Iterable[Pending], next_page_token: str) -> pb2.ListPendingResponse:
    """A page of what waits."""
    rows = [subject(row.subject, row.since) for row in shown]
    return pb2.ListPendingResponse(pending=rows, next_page_token=next_page_token)


def content(shown: Iterable[Subject], next_page_token: str) -> pb2.ListContentResponse:
    """A page of everything."""
    return pb2.ListContentResponse(content=map(subject, shown), next_page_token=next_page_token)


def bulk_result(outcome: Subject | AppError) -> pb2.BulkResult:
    """What became of one decision of many."""
    if isinstance(outcome, AppError):
        return pb2.BulkResult(failure=pb2.BulkFailure(reason=outcome.reason, message=outcome.message))
    return pb2.BulkResult(content=subject(outcome))


def _time(moment: datetime) -> Timestamp:
    return Timestamp(seconds=int(moment.timestamp()), nanos=moment.microsecond * 1000)
