"""Rows of stored files as messages."""

from typing import Any, TypeVar

from google.protobuf.timestamp_pb2 import Timestamp

from cnt_grpc.kit.db import Row
from cnt_grpc.media.urls import Urls
from cnt_grpc.pb.cnt.media.v1 import media_pb2
from cnt_grpc.pb.cnt.media.v1 import media_service_pb2 as pb2

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

_Uploaded = TypeVar("_Uploaded", pb2.UploadAudioResponse, pb2.UploadVideoResponse, pb2.UploadImageResponse)


def media(row: Row, urls: Urls) -> media_pb2.Media:
    """A stored file, for its owner."""
    created_at = Timestamp()
    created_at.FromDatetime(row["created_at"])
    return media_pb2.Media(
        media_id=row["id"],
        kind=_KINDS[row["kind"]],
        state=_STATES[row["state"]],
        failure=row["failure"],
        sha256=row["sha256"].hex(),
        width=row["width"] or 0,
        height=row["height"] or 0,
        created_at=created_at,
        **_shared(row, urls),
    )


def uploaded(kind: type[_Uploaded], row: Row, urls: Urls) -> _Uploaded:
    """A stored file as the upload's own answer, which clients know from before there were media objects."""
    seconds = ((row["duration_ms"] or 0) + 500) // 1000
    return kind(media_id=row["id"], state=_STATES[row["state"]], duration=seconds, **_shared(row, urls))


def _shared(row: Row, urls: Urls) -> dict[str, Any]:
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
    }
