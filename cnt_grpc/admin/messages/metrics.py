"""Numbers over time: what was asked, and rows as points."""

from datetime import UTC, datetime, timedelta
from typing import Final

from cnt_grpc.kit.db import Row
from cnt_grpc.kit.times import set_time
from cnt_grpc.pb.cnt.admin.v1 import admin_service_pb2 as pb2

NAME_OF: Final = {
    pb2.METRIC_NAME_ACTIVE_PEOPLE: "active_people",
    pb2.METRIC_NAME_CALLS: "calls",
    pb2.METRIC_NAME_ERRORS: "errors",
    pb2.METRIC_NAME_UPLOADS: "uploads",
    pb2.METRIC_NAME_PLAYS: "plays",
    pb2.METRIC_NAME_STREAMS: "live_streams",
    pb2.METRIC_NAME_JOB_LAG: "job_lag",
}
"""As samples are kept."""


def span(request: pb2.GetMetricsRequest) -> tuple[datetime | None, datetime | None, timedelta | None]:
    """From when to when, and in which steps; None for what was not said."""
    # `from` is a word of Python's, so that no attribute can be called so.
    since, until = (
        getattr(request, name).ToDatetime(tzinfo=UTC) if request.HasField(name) else None for name in ("from", "to")
    )
    return since, until, request.step.ToTimedelta() if request.HasField("step") else None


def point(row: Row) -> pb2.MetricPoint:
    """One step."""
    message = pb2.MetricPoint(value=row["value"])
    set_time(message.at, row["at"])
    return message
