"""Playlists, favourites and drafts: requests as what the rules take, and rows as messages."""

import json
from collections.abc import Iterable
from typing import Any, Final

from google.protobuf import json_format
from google.protobuf.struct_pb2 import Value

from cnt_grpc import media
from cnt_grpc.content.messages.content import fill_content
from cnt_grpc.content.messages.items import MEDIA
from cnt_grpc.content.rules import drafts, playlists
from cnt_grpc.kit.db import Row
from cnt_grpc.kit.errors import Invalid
from cnt_grpc.kit.times import set_time
from cnt_grpc.pb.cnt.content.v1 import draft_pb2, playlist_pb2
from cnt_grpc.pb.cnt.content.v1 import library_service_pb2 as pb2

_STATUSES: Final = {
    name.removeprefix("DRAFT_STATUS_").lower(): number for name, number in draft_pb2.DraftStatus.items() if number
}
_STATUS_ASKED: Final = {number: word for word, number in _STATUSES.items()}


def new_playlist(request: pb2.CreatePlaylistRequest) -> playlists.Wish:
    """A playlist to be."""
    return playlists.Wish(name=request.name, description=request.description, shared=request.is_shared)


def playlist_changes(request: pb2.UpdatePlaylistRequest) -> playlists.Wish:
    """What to change of a playlist: only what the request names."""
    return playlists.Wish(
        name=request.name if request.HasField("name") else None,
        description=request.description if request.HasField("description") else None,
        shared=request.is_shared if request.HasField("is_shared") else None,
        order=request.content_ids,
    )


def playlist(row: Row, *, own: bool = True) -> playlist_pb2.Playlist:
    """One playlist."""
    message = playlist_pb2.Playlist(
        playlist_id=row["id"],
        name=row["name"],
        description=row["description"],
        owner_id=row["user_id"],
        owner_name=row["owner_name"],
        items_count=row["items_count"],
        is_shared=row["shared"],
        share_key=playlists.share_key(row) if own else "",
    )
    set_time(message.created_at, row["created_at"])
    set_time(message.updated_at, row["updated_at"])
    return message


def entries(rows: Iterable[Row], urls: media.Urls) -> list[playlist_pb2.PlaylistItem]:
    """What is in a playlist."""
    found = []
    for row in rows:
        message = playlist_pb2.PlaylistItem(content_id=row["id"])
        fill_content(message.content, row, urls)
        set_time(message.added_at, row["added_at"])
        found.append(message)
    return found


def favorites(rows: Iterable[Row], urls: media.Urls) -> list[pb2.Favorite]:
    """What someone likes."""
    found = []
    for row in rows:
        message = pb2.Favorite(content_id=row["id"])
        fill_content(message.content, row, urls)
        set_time(message.favorited_at, row["favorited_at"])
        found.append(message)
    return found


def new_draft(request: pb2.CreateDraftRequest) -> drafts.Changes:
    """A draft to be: everything is set."""
    return {
        "title": request.title,
        "description": request.description,
        "content": request.content,
        "category_id": request.category_id,
        "media_id": request.media_id,
        "thumbnail_id": request.thumbnail_media_id,
        "editing_state": _state(request.editing_state) if request.HasField("editing_state") else None,
        "status": _STATUS_ASKED.get(request.status, "editing"),
    }


def draft_changes(request: pb2.UpdateDraftRequest) -> drafts.Changes:
    """What to change of a draft: only what the request names."""
    changes: dict[str, Any] = {}
    if request.HasField("title"):
        changes["title"] = request.title
    if request.HasField("description"):
        changes["description"] = request.description
    if request.HasField("content"):
        changes["content"] = request.content
    if request.HasField("category_id"):
        changes["category_id"] = request.category_id
    if request.HasField("media_id"):
        changes["media_id"] = request.media_id
    if request.HasField("thumbnail_media_id"):
        changes["thumbnail_id"] = request.thumbnail_media_id
    if request.HasField("editing_state"):
        changes["editing_state"] = _state(request.editing_state)
    if request.status in _STATUS_ASKED:
        changes["status"] = _STATUS_ASKED[request.status]
    return changes


def draft(row: Row, urls: media.Urls) -> draft_pb2.Draft:
    """One draft; with what the editor kept, if the row has it."""
    message = draft_pb2.Draft(
        draft_id=row["id"],
        draft_type=row["draft_type"],
        title=row["title"],
        description=row["description"],
        content=row["content"],
        category_id=row["category_id"] or 0,
        media_id=row["media_id"] or 0,
        media_url=urls.of(row["media_key"], row["media_visibility"]),
        duration=(row["duration_ms"] + 500) // 1000,
        thumbnail_media_id=row["thumbnail_id"] or 0,
        thumbnail_url=urls.of(row["thumbnail_key"], row["thumbnail_visibility"]),
        status=_STATUSES[row["status"]],
    )
    if row["media_kind"]:
        message.media = MEDIA[row["media_kind"]]
    if state := row.get("editing_state"):
        json_format.ParseDict(json.loads(state), message.editing_state)
    set_time(message.created_at, row["created_at"])
    set_time(message.updated_at, row["updated_at"])
    return message


def _state(value: Value) -> str | None:
    """What the editor keeps, as JSON; None for null. Raises Invalid for what is no JSON."""
    if value.WhichOneof("kind") in {None, "null_value"}:
        return None
    try:
        return json.dumps(json_format.MessageToDict(value), ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    except (json_format.Error, ValueError):
        # Infinite numbers, and values within that are none.
        raise Invalid.of("editing_state", "must be JSON", "editing_state.json") from None
