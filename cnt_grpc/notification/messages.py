"""Rows and events of an inbox, devices and preferences as messages of the contract."""

from collections.abc import Iterable, Mapping
from datetime import time
from typing import Any

import cnt_grpc.notification.notices  # noqa: F401  (fills KINDS)
from cnt_grpc.kit.errors import Invalid
from cnt_grpc.kit.events.tail import Beat, Cause, End, Row
from cnt_grpc.kit.times import set_time
from cnt_grpc.notification.local_time import QuietHours
from cnt_grpc.notification.notice import KINDS, Channel
from cnt_grpc.notification.rules import MailRhythm, Settings
from cnt_grpc.pb.cnt.notification.v1 import device_service_pb2 as device_pb2
from cnt_grpc.pb.cnt.notification.v1 import notification_pb2 as pb2
from cnt_grpc.pb.cnt.notification.v1 import notification_service_pb2 as service_pb2

_PREFIX = "NOTIFICATION_TYPE_"
TYPES = {kind: pb2.NotificationType.Value(_PREFIX + kind.upper()) for kind in KINDS}
"""The contract's value for each type; the import fails when the contract does not know one."""
NAMES = {value: kind for kind, value in TYPES.items()}

if unknown := set(pb2.NotificationType.values()) - {0} - NAMES.keys():
    raise TypeError(f"types of the contract that nothing words: {sorted(unknown)}; add them to notices.py")

PLATFORMS = {
    device_pb2.DEVICE_PLATFORM_IOS: "ios",
    device_pb2.DEVICE_PLATFORM_ANDROID: "android",
    device_pb2.DEVICE_PLATFORM_WEB: "web",
}
"""What rows call each platform."""
_PLATFORM_VALUES = {name: value for value, name in PLATFORMS.items()}

_RHYTHMS = {MailRhythm.SINGLE: pb2.MAIL_RHYTHM_SINGLE, MailRhythm.DAILY: pb2.MAIL_RHYTHM_DAILY}
RHYTHMS = {value: rhythm for rhythm, value in _RHYTHMS.items()}
"""What the rules call each rhythm."""

_CAUSES = {
    Cause.SERVER_STOPPING: service_pb2.STREAM_END_CAUSE_SERVER_STOPPING,
    Cause.TIME_UP: service_pb2.STREAM_END_CAUSE_TIME_UP,
}


BLOCKED = "No longer available"
"""The title of what somebody did with whom there is a block now."""


def notification(row: Row) -> pb2.Notification:
    """One row. Data and time are set in place: 20 rows take 27 µs, and 68 when keyword arguments copy them."""
    if not row["met"]:
        return _blocked(row)
    shown = pb2.Notification(
        seq=row["seq"],
        type=TYPES[row["type"]],
        title=row["title"],
        message=row["message"],
        read=row["read"],
    )
    data = shown.data
    for name, value in row["data"].items():
        data[name] = value
    set_time(shown.created_at, row["created_at"])
    return shown


def _blocked(row: Row) -> pb2.Notification:
    """A row whose words and facts are somebody's with whom there is a block. It stays, for its number is counted."""
    facts = {name: "0" if name.endswith("_id") else "" for name in row["data"]}
    shown = pb2.Notification(seq=row["seq"], type=TYPES[row["type"]], title=BLOCKED, read=row["read"], data=facts)
    set_time(shown.created_at, row["created_at"])
    return shown


def event(what: Row | Beat[int] | End) -> service_pb2.WatchNotificationsResponse:
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


def settings(chosen: Settings) -> dict[str, Any]:
    """The fields of an answer that tell when nothing buzzes, and how often mails come."""
    quiet = chosen.quiet
    hours = (
        pb2.QuietHours() if quiet is None else pb2.QuietHours(begin=f"{quiet.begin:%H:%M}", end=f"{quiet.end:%H:%M}")
    )
    return {"quiet_hours": hours, "mail_rhythm": _RHYTHMS[chosen.rhythm]}


def quiet_hours(hours: pb2.QuietHours) -> QuietHours | None:
    """What a request wants; None is always to be told."""
    if not hours.begin and not hours.end:
        return None
    if not hours.begin or not hours.end:
        raise Invalid.of("quiet_hours", "needs both times, or neither", "quiet_hours.both")
    if hours.begin == hours.end:
        raise Invalid.of("quiet_hours", "must end at another time than it begins", "quiet_hours.empty")
    return QuietHours(time.fromisoformat(hours.begin), time.fromisoformat(hours.end))


def device(row: Row) -> device_pb2.Device:
    """One device."""
    return device_pb2.Device(
        device_id=row["id"],
        platform=_PLATFORM_VALUES[row["platform"]],
        created_at=row["created_at"],
        registered_at=row["registered_at"],
    )
