"""What messages of all kinds of items share: requests as what the rules take, and rows as messages."""

from collections.abc import Mapping
from typing import Final

from google.protobuf.message import Message

from cnt_grpc import media
from cnt_grpc.content.queries.items import Order
from cnt_grpc.content.rules.files import Blank, Cover, File, Shipped
from cnt_grpc.content.rules.items import Changes, Filter
from cnt_grpc.kit.db import Row
from cnt_grpc.kit.times import set_time
from cnt_grpc.media import Kind
from cnt_grpc.moderation import Status
from cnt_grpc.pb.cnt.content.v1 import bible_story_pb2, document_pb2, item_pb2, movie_pb2, music_pb2, podcast_pb2
from cnt_grpc.pb.cnt.media.v1 import media_pb2
from cnt_grpc.pb.cnt.moderation.v1 import status_pb2

Timed = podcast_pb2.Podcast | movie_pb2.Movie | music_pb2.MusicTrack | bible_story_pb2.BibleStory
"""A message of a kind of item that lasts for a while."""
Item = Timed | document_pb2.Document
"""A message of any kind of item: they name alike what they share, as do the requests."""
Create = (
    podcast_pb2.CreatePodcastRequest
    | movie_pb2.CreateMovieRequest
    | music_pb2.CreateMusicTrackRequest
    | document_pb2.CreateDocumentRequest
    | bible_story_pb2.CreateBibleStoryRequest
)
Update = (
    podcast_pb2.UpdatePodcastRequest
    | movie_pb2.UpdateMovieRequest
    | music_pb2.UpdateMusicTrackRequest
    | document_pb2.UpdateDocumentRequest
    | bible_story_pb2.UpdateBibleStoryRequest
)
_MayBePublished = music_pb2.CreateMusicTrackRequest | music_pb2.UpdateMusicTrackRequest
List = (
    podcast_pb2.ListPodcastsRequest
    | movie_pb2.ListMoviesRequest
    | music_pb2.ListMusicTracksRequest
    | document_pb2.ListDocumentsRequest
    | bible_story_pb2.ListBibleStoriesRequest
)


_STATUSES: Final = {status.value: status_pb2.ReviewStatus.Value(f"REVIEW_STATUS_{status.name}") for status in Status}
_STATUS_ASKED: Final[Mapping[int, Status | None]] = {
    status_pb2.REVIEW_STATUS_UNSPECIFIED: None,
    **{number: Status(word) for word, number in _STATUSES.items()},
}
"""What a request means by a status; None: nothing in particular."""
MEDIA: Final = {kind.value: media_pb2.MediaKind.Value(f"MEDIA_KIND_{kind.name}") for kind in Kind}
MEDIA_ASKED: Final[Mapping[int, str | None]] = {
    media_pb2.MEDIA_KIND_UNSPECIFIED: None,
    **{number: word for word, number in MEDIA.items()},
}
"""What a request means by a kind of media; None: nothing in particular."""


def new_item(request: Create, *details: str) -> Changes:
    """An item to be: everything is set. `details`: what only its kind has."""
    return Changes(
        title=request.title,
        description=request.description,
        category_id=request.category_id,
        source=_source(request),
        cover=_cover(request),
        status=_status(request),
        featured=request.is_featured,
        details={name: getattr(request, name) for name in details},
    )


def item_changes(request: Update, *details: str) -> Changes:
    """What to change of an item: only what the request names. `details`: what only its kind has."""
    message: Message = request  # whose HasField takes any name
    return Changes(
        title=request.title if request.HasField("title") else None,
        description=request.description if request.HasField("description") else None,
        category_id=request.category_id if request.HasField("category_id") else None,
        source=_source(request),
        cover=_cover(request),
        status=_status(request),
        featured=request.is_featured if request.HasField("is_featured") else None,
        details={name: getattr(request, name) for name in details if message.HasField(name)},
    )


def item_filter(
    request: List,
    *,
    media_kind: str | None = None,
    featured: bool = False,
    but_animated: bool = False,
    words: Mapping[str, str] | None = None,
) -> Filter:
    """Which items a list shows; beside the request, by what only lists of its kind narrow."""
    return Filter(
        category_id=request.category_id,
        creator_id=request.creator_id,
        status=_STATUS_ASKED[request.status],
        order=Order.POPULAR if request.sort == item_pb2.SORT_POPULAR else Order.NEWEST,
        media_kind=media_kind,
        featured=featured,
        but_animated=but_animated,
        words={name: word for name, word in (words or {}).items() if word},
    )


def fill(message: Item, row: Row, urls: media.Urls) -> None:
    """Set what all kinds of items share, from a row of queries.items.

    Field by field: measured, it takes 46 µs for 20 podcasts, where keyword arguments take 57, and 119 when the times
    among them are datetimes. What is mostly empty is set only when it is not.
    """
    public = urls.public
    status = row["status"]
    approved = status == "approved"
    cover_key = row["cover_key"]
    message.title = row["title"]
    message.description = row["description"]
    message.creator_id = row["creator_id"]
    message.creator_name = row["creator_name"]
    message.creator_username = row["creator_username"]
    if avatar_key := row["creator_avatar_key"]:
        message.creator_avatar_url = public(avatar_key)
    if category_id := row["category_id"]:
        message.category_id = category_id
    if media_key := row["media_key"]:
        visibility = row["media_visibility"]
        message.media_id = row["media_id"]
        message.media_url = urls.of(media_key, visibility)
        if not cover_key and (thumbnail_key := row["thumbnail_key"]):
            message.cover_url = urls.of(thumbnail_key, visibility)
    if cover_key:
        # Shipped pictures, which have no id, are public.
        message.cover_url = public(cover_key) if approved or not row["cover_id"] else urls.private(cover_key)
    message.status = _STATUSES[status]
    if rejection_reason := row["rejection_reason"]:
        message.rejection_reason = rejection_reason
    message.plays_count = row["plays_count"]
    if row["featured"]:
        message.is_featured = True
    set_time(message.created_at, row["created_at"])
    if approved:
        set_time(message.published_at, row["published_at"])


def fill_length(message: Timed, row: Row) -> None:
    """Set how long an item lasts, in both units."""
    milliseconds = row["duration_ms"]
    message.duration = (milliseconds + 500) // 1000
    message.duration_ms = milliseconds


def _source(request: Create | Update) -> File | Blank | None:
    if request.WhichOneof("source") is None:
        return None
    if not request.media_id and not request.file_path:
        return Blank()  # only kinds that may be without a file let a 0 through
    return File(request.media_id, request.file_path)


def _cover(request: Create | Update) -> Cover | None:
    given = request.WhichOneof("cover")
    if given is None:
        return None
    if given == "use_default_thumbnail":
        return Shipped() if request.use_default_thumbnail else Blank()
    return File(request.cover_media_id, request.cover_file_path)


def _status(request: Create | Update) -> Status | None:
    """Where an item shall stand; is_published says it in one word, which counts where the status says nothing."""
    asked = _STATUS_ASKED[request.status]
    if asked is not None or not isinstance(request, _MayBePublished) or not request.HasField("is_published"):
        return asked
    return Status.APPROVED if request.is_published else Status.ARCHIVED
