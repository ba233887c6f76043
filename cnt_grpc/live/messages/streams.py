"""Streams, meetings and the ways into them as messages."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from google.protobuf.timestamp_pb2 import Timestamp

from cnt_grpc import media
from cnt_grpc.kit.db import Row
from cnt_grpc.kit.errors import Invalid
from cnt_grpc.kit.times import moment_of, set_time
from cnt_grpc.live.messages.words import (
    AUDIENCE_ASKED,
    AUDIENCES,
    CATEGORIES,
    CATEGORY_ASKED,
    ROLES,
    STATUSES,
)
from cnt_grpc.live.rules.streams import Changes, New
from cnt_grpc.live.standing import Audience, Kind
from cnt_grpc.live.tokens import Pass
from cnt_grpc.pb.cnt.live.v1 import live_service_pb2, meeting_service_pb2
from cnt_grpc.pb.cnt.live.v1 import stream_pb2 as pb2

_EARLIEST, _LATEST = datetime(2000, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)


def stream(row: Row, urls: media.Urls, *, for_host: bool = False) -> pb2.Stream:
    """One stream; the words that its chat refuses are for its host alone."""
    shown = pb2.Stream(
        stream_id=row["id"],
        host_id=row["host_id"],
        host_name=row["host_name"],
        host_username=row["host_username"],
        host_avatar_url=urls.of(row["host_avatar_key"], "public"),
        title=row["title"],
        description=row["description"],
        category=CATEGORIES.get(row["category"], 0),  # type: ignore[arg-type]  # values of this enum
        room_name=row["room_name"],
        status=STATUSES[row["status"]],
        audience=AUDIENCES[row["audience"]],
        viewers=row["viewers"],
        peak_viewers=row["peak_viewers"],
        is_recording=bool(row["egress_id"]),
        chat=chat(row, for_host=for_host),
    )
    _set_times(shown, row)
    return shown


def chat(row: Row, *, for_host: bool) -> pb2.ChatSettings:
    """How a stream's chat works."""
    return pb2.ChatSettings(
        enabled=row["chat_enabled"],
        followers_only=row["chat_followers_only"],
        slow_seconds=row["chat_slow_seconds"],
        blocked_words=row["chat_blocked_words"] if for_host else [],
    )


def meeting(row: Row) -> meeting_service_pb2.Meeting:
    """One meeting."""
    shown = meeting_service_pb2.Meeting(
        meeting_id=row["id"],
        host_id=row["host_id"],
        host_name=row["host_name"],
        title=row["title"],
        room_name=row["room_name"],
        status=STATUSES[row["status"]],
        audience=AUDIENCES[row["audience"]],
        has_waiting_room=row["waiting_room"],
        is_locked=row["is_locked"],
        everyone_shares_screen=row["shared_screens"],
        participants=row["viewers"],
    )
    _set_times(shown, row)
    return shown


def _set_times(shown: pb2.Stream | meeting_service_pb2.Meeting, row: Row) -> None:
    set_time(shown.created_at, row["created_at"])
    for name in ("scheduled_start", "started_at", "ended_at"):
        if row[name] is not None:
            set_time(getattr(shown, name), row[name])


def way_in(way: Pass, ws_url: str) -> Mapping[str, Any]:
    """The fields that let somebody into a room."""
    expires_at = Timestamp()
    set_time(expires_at, way.expires_at)
    return {
        "token": way.token,
        "room_name": way.room_name,
        "url": "http" + ws_url.removeprefix("ws"),
        "ws_url": ws_url,
        "identity": way.identity,
        "role": ROLES[way.role],
        "expires_at": expires_at,
    }


def new_stream(request: live_service_pb2.CreateStreamRequest) -> New:
    """The stream that a request announces."""
    return New(
        kind=Kind.STREAM,
        title=request.title.strip(),
        description=request.description,
        category=CATEGORY_ASKED.get(request.category),
        audience=AUDIENCE_ASKED.get(request.audience, Audience.EVERYONE),
        scheduled_start=start(request),
    )


def new_meeting(request: meeting_service_pb2.CreateMeetingRequest) -> New:
    """The meeting that a request makes."""
    return New(
        kind=Kind.MEETING,
        title=request.title.strip(),
        audience=AUDIENCE_ASKED.get(request.audience, Audience.ACCOUNTS),
        scheduled_start=start(request),
        waiting_room=request.has_waiting_room,
        shared_screens=not request.only_host_shares_screen,
    )


def changes(request: live_service_pb2.UpdateStreamRequest) -> Changes:
    """What a request wants changed."""
    category = CATEGORY_ASKED.get(request.category, "") if request.HasField("category") else None
    return Changes(
        title=request.title.strip() if request.HasField("title") else None,
        description=request.description if request.HasField("description") else None,
        category=category,
        audience=AUDIENCE_ASKED[request.audience] if request.HasField("audience") else None,
        scheduled_start=start(request),
        clears_scheduled_start=request.clears_scheduled_start,
    )


def start(
    request: live_service_pb2.CreateStreamRequest
    | live_service_pb2.UpdateStreamRequest
    | meeting_service_pb2.CreateMeetingRequest,
) -> datetime | None:
    """When it is to begin; None when the request says nothing. Raises Invalid."""
    if not request.HasField("scheduled_start"):
        return None
    moment = moment_of(request.scheduled_start, "scheduled_start")
    if not _EARLIEST < moment < _LATEST:
        raise Invalid.of("scheduled_start", "is no moment that a stream can begin at", "scheduled_start.range")
    return moment
