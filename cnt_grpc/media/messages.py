"""Rows of stored files and of uploads as messages."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, TypeVar

from google.protobuf.timestamp_pb2 import Timestamp

from cnt_grpc.kit.db import Row
from cnt_grpc.media.arrival import Standing
from cnt_grpc.media.removal import GRACE
from cnt_grpc.media.resumable import PartPlace
from cnt_grpc.media.storage import PART
from cnt_grpc.media.urls import Urls
from cnt_grpc.pb.cnt.media.v1 import media_pb2
from cnt_grpc.pb.cnt.media.v1 import media_service_pb2 as pb2
from cnt_grpc.pb.cnt.media.v1 import upload_service_pb2 as upload_pb2

_KINDS = {
    "audio": media_pb2.MEDIA_KIND_AUDIO,
    "video": media_pb2.MEDIA_KIND_VIDEO,
    "image": media_pb2.MEDIA_KIND_IMAGE,
    "document": media_pb2.MEDIA_KIND_DOCUMENT,
}
_STATES = {
    "probing": media_pb2.MEDIA_STATE_PROBING,
    "ready": media_pb2.MEDIA_STATE_READY,
    "failed": media_pb2.MEDIA_STATE_FAILED,
}

_Uploaded = TypeVar(
    "_Uploaded",
    pb2.UploadAudioResponse,
    pb2.UploadVideoResponse,
    pb2.UploadImageResponse,
    pb2.UploadProfileImageResponse,
    pb2.UploadThumbnailResponse,
    pb2.UploadTemporaryAudioResponse,
    pb2.UploadMovieResponse,
    pb2.UploadDocumentResponse,
    pb2.UploadDraftAudioResponse,
    pb2.UploadDraftVideoResponse,
    pb2.UploadDraftImageResponse,
)


def media(row: Row, variants: Sequence[Row], urls: Urls) -> media_pb2.Media:
    """A stored file, for its owner."""
    return media_pb2.Media(
        media_id=row["id"],
        kind=_KINDS[row["kind"]],
        state=_STATES[row["state"]],
        failure=row["failure"],
        sha256=row["sha256"].hex(),
        width=row["width"] or 0,
        height=row["height"] or 0,
        created_at=moment(row["created_at"]),
        **_shared(row, variants, urls),
    )


def uploaded(kind: type[_Uploaded], row: Row, variants: Sequence[Row], urls: Urls) -> _Uploaded:
    """A stored file as the upload's own answer, which clients know from before there were media objects."""
    return kind(
        media_id=row["id"],
        state=_STATES[row["state"]],
        duration=seconds(row["duration_ms"] or 0),
        **_shared(row, variants, urls),
    )


def still(row: Row, urls: Urls) -> pb2.GenerateThumbnailResponse:
    """A picture of a film's moment, which has no address before it is there."""
    url = urls.of(row["key"], row["visibility"]) if row["state"] == "ready" else ""
    return pb2.GenerateThumbnailResponse(
        media_id=row["id"], thumbnail_url=url, file_path=row["key"], state=_STATES[row["state"]]
    )


def upload(standing: Standing, places: Sequence[PartPlace]) -> upload_pb2.Upload:
    """An upload in several goes, for the one who began it."""
    row = standing.row
    return upload_pb2.Upload(
        upload_id=row["id"],
        size=row["size"],
        received=standing.received,
        part_size=PART,
        parts=[
            upload_pb2.UploadPart(number=each.number, offset=each.offset, size=each.size, url=each.url)
            for each in places
        ],
        expires_at=moment(row["touched_at"] + GRACE),
        media_id=row["media_id"] or 0,
    )


def seconds(milliseconds: int) -> int:
    """Whole seconds, rounded."""
    return (milliseconds + 500) // 1000


def moment(at: datetime) -> Timestamp:
    """A time for the wire."""
    stamp = Timestamp()
    stamp.FromDatetime(at)
    return stamp


def _shared(row: Row, variants: Sequence[Row], urls: Urls) -> dict[str, Any]:
    # What failed has no bytes any more.
    gone = row["state"] == "failed"
    return {
        "url": "" if gone else urls.of(row["key"], row["visibility"]),
        "file_path": row["key"],
        "filename": row["filename"],
        "content_type": row["content_type"],
        "size": row["size"],
        "duration_ms": row["duration_ms"] or 0,
        "thumbnail_url": urls.of(row["thumbnail_key"], row["visibility"]),
        "variants": [
            media_pb2.MediaVariant(
                name=each["name"],
                url=urls.of(each["key"], row["visibility"]),
                file_path=each["key"],
                width=each["width"],
                height=each["height"],
            )
            for each in variants
        ],
    }
