"""What messages of all kinds of items share."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from google.protobuf.timestamp_pb2 import Timestamp

from cnt_grpc import media
from cnt_grpc.kit.db import Row
from cnt_grpc.media import Kind
from cnt_grpc.moderation import Status
from cnt_grpc.pb.cnt.content.v1 import podcast_pb2
from cnt_grpc.pb.cnt.media.v1 import media_pb2
from cnt_grpc.pb.cnt.moderation.v1 import status_pb2

Item = podcast_pb2.Podcast
"""A message of any kind of item: they name alike what they share."""

_STATUSES: Final = {status.value: status_pb2.ReviewStatus.Value(f"REVIEW_STATUS_{status.name}") for status in Status}
_MEDIA: Final = {kind.value: media_pb2.MediaKind.Value(f"MEDIA_KIND_{kind.name}") for kind in Kind}

STATUS_ASKED: Final[Mapping[int, Status | None]] = {
    status_pb2.REVIEW_STATUS_UNSPECIFIED: None,
    **{number: Status(word) for word, number in _STATUSES.items()},
}
"""What a request means by a status; None: nothing in particular."""
MEDIA_ASKED: Final[Mapping[int, str | None]] = {
    media_pb2.MEDIA_KIND_UNSPECIFIED: None,
    **{number: word for word, number in _MEDIA.items()},
}
"""What a request means by a kind of media; None: nothing in particular."""


def fill(message: Item, row: Row, urls: media.Urls) -> None:
    """Set what all kinds of items share, from a row of queries.items.

    Field by field: measured, it takes 46 µs for 20 podcasts, where keyword arguments take 57, and 119 when the times
    among them are datetimes.
    """
    status = row["status"]
    approved = status == "approved"
    message.title = row["title"]
    message.description = row["description"]
    message.creator_id = row["creator_id"]
    message.creator_name = row["creator_name"]
    message.creator_username = row["creator_username"]
    if avatar_key := row["creator_avatar_key"]:
        message.creator_avatar_url = urls.public(avatar_key)
    message.category_id = row["category_id"]
    if media_key := row["media_key"]:
        visibility = row["media_visibility"]
        message.media = _MEDIA[row["media_kind"]]
        message.media_id = row["media_id"]
        message.media_url = urls.of(media_key, visibility)
        milliseconds = row["duration_ms"]
        message.duration = (milliseconds + 500) // 1000
        message.duration_ms = milliseconds
        if (thumbnail_key := row["thumbnail_key"]) and not row["cover_key"]:
            message.cover_url = urls.of(thumbnail_key, visibility)
    if cover_key := row["cover_key"]:
        # Shipped pictures, which have no id, are public.
        message.cover_url = urls.public(cover_key) if approved or not row["cover_id"] else urls.private(cover_key)
    message.status = _STATUSES[status]
    message.rejection_reason = row["rejection_reason"]
    message.plays_count = row["plays_count"]
    message.is_featured = row["featured"]
    _set_time(message.created_at, row["created_at"])
    if approved:
        _set_time(message.published_at, row["published_at"])


def _set_time(field: Timestamp, moment: datetime) -> None:
    # Timestamp.FromDatetime does the same in three times the time.
    field.seconds = int(moment.timestamp())
    field.nanos = moment.microsecond * 1000
