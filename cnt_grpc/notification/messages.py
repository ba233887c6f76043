"""Rows and events of an inbox as messages of the contract."""

from collections.abc import Iterable, Mapping
from typing import Any

from cnt_grpc.notification.notice import KINDS, Channel
from cnt_grpc.notification.stream import Beat, Cause, End, Row
from cnt_grpc.pb.cnt.notification.v1 import notification_pb2 as pb2
from cnt_grpc.pb.cnt.notification.v1 import notification_service_pb2 as service_pb2

_PREFIX = "NOTIFICATION_TYPE_"
TYPES = {kind: pb2.NotificationType.Value(_PREFIX + kind.upper()) for kind in KINDS}
"""The contract's value for each type; the import fails when the contract does not know one."""
NAMES = {value: kind for kind, value in TYPES.items()}

if unknown := set(pb2.NotificationType.values()) - {0} - NAMES.keys():
    raise TypeError(f"types of the contract that nothing words: {sorted(unknown)}; add them to notices.py")

_CAUSES = {
    Cause.SERVER_STOPPING: service_pb2.STREAM_END_CAUSE_SERVER_STOPPING,
    Cause.TIME_UP: service_pb2.STREAM_END_CAUSE_TIME_UP,
}


def notification(row: Row) -> pb2.Notification:
    """One row."""
    return pb2.Notification(
        seq=row["seq"],
        type=TYPES[row["type"]],
        title=row["title"],
        message=row["message"],
        data=row["data"],
        read=row["read"],
        created_at=row["created_at"],
    )


def event(what: Row | Beat | End) -> service_pb2.WatchNotificationsResponse:
    """One event of a stream."""
    match what:
        case Beat(unread, last_seq):
            heartbeat = service_pb2.Heartbeat(unread_count=unread, last_seq=last_seq)
            return service_pb2.WatchNotificationsResponse(heartbeat=heartbeat)
        case End(cause, last_seq):
            end = service_pb2.StreamEnd(cause=_CAUSES[cause], last_seq=last_seq)
            return service_pb2.WatchNotificationsResponse(end=end)
        case row:
            return service_pb2.WatchNotificationsResponse(notification=notification(row))


def preference(kind: str, channels: Mapping[Channel, bool]) -> pb2.NotificationPreference:
    """Where one type reaches a person."""
    fields: dict[str, Any] = {str(channel): on for channel, on in channels.items()}
    return pb2.NotificationPreference(type=TYPES[kind], **fields)


def changes(preferences: Iterable[pb2.NotificationPreference]) -> dict[tuple[str, Channel], bool]:
    """What a request wants changed."""
    return {
        (NAMES[each.type], channel): getattr(each, channel)
        for each in preferences
        for channel in Channel
        if each.HasField(channel)  # type: ignore[arg-type]  # the channels are named as the fields are
    }
