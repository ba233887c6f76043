"""Moments in messages of the payment room."""

from datetime import UTC, datetime, timedelta

from google.protobuf.message import Message
from google.protobuf.timestamp_pb2 import Timestamp

from cnt_grpc.kit.times import set_time

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def stamp(moment: datetime | None) -> Timestamp | None:
    """The moment; None stays None, and leaves the field out."""
    if moment is None:
        return None
    made = Timestamp()
    set_time(made, moment)
    return made


def moment(request: Message, field: str) -> datetime | None:
    """The field's moment, to the microsecond; None where it is absent. The contract bounds its seconds."""
    if not request.HasField(field):
        return None
    given: Timestamp = getattr(request, field)
    return _EPOCH + timedelta(seconds=given.seconds, microseconds=given.nanos // 1000)
