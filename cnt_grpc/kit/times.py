"""Moments as messages carry them; written by hand because lists are made of little else."""

from datetime import UTC, datetime

from google.protobuf.timestamp_pb2 import Timestamp

from cnt_grpc.kit.errors import Invalid

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def set_time(field: Timestamp, moment: datetime) -> None:
    """Set a Timestamp in place, to the microsecond; protobuf's own FromDatetime takes three times as long."""
    since = moment - _EPOCH
    field.seconds = since.days * 86_400 + since.seconds
    field.nanos = since.microseconds * 1000


def moment_of(given: Timestamp, field: str) -> datetime:
    """The moment in a request's field of this name. Raises Invalid: bytes may hold what no calendar has."""
    try:
        return given.ToDatetime(tzinfo=UTC)
    except (ValueError, OverflowError):
        raise Invalid.of(field, "is no moment between the years 1 and 9999", "timestamp.range") from None
