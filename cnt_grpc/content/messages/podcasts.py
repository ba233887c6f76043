"""Podcasts: requests as what the rules take, and rows as messages."""

from collections.abc import Iterable

from cnt_grpc import media
from cnt_grpc.content.messages.items import MEDIA_ASKED, STATUS_ASKED, fill
from cnt_grpc.content.queries.items import Order
from cnt_grpc.content.rules.files import Blank, Cover, File, Shipped
from cnt_grpc.content.rules.items import Changes, Filter
from cnt_grpc.kit.db import Row
from cnt_grpc.pb.cnt.content.v1 import item_pb2, podcast_pb2


def new_podcast(request: podcast_pb2.CreatePodcastRequest) -> Changes:
    """A podcast to be: everything is set."""
    return Changes(
        title=request.title,
        description=request.description,
        category_id=request.category_id,
        source=_source(request),
        cover=_cover(request),
        status=STATUS_ASKED[request.status],
        featured=request.is_featured,
        details={"season": request.season, "episode": request.episode},
    )


def podcast_changes(request: podcast_pb2.UpdatePodcastRequest) -> Changes:
    """What to change of a podcast: only what the request names."""
    return Changes(
        title=request.title if request.HasField("title") else None,
        description=request.description if request.HasField("description") else None,
        category_id=request.category_id if request.HasField("category_id") else None,
        source=_source(request),
        cover=_cover(request),
        status=STATUS_ASKED[request.status],
        featured=request.is_featured if request.HasField("is_featured") else None,
        details={name: getattr(request, name) for name in ("season", "episode") if request.HasField(name)},
    )


def podcast_filter(request: podcast_pb2.ListPodcastsRequest) -> Filter:
    """Which podcasts a list shows."""
    return Filter(
        category_id=request.category_id,
        creator_id=request.creator_id,
        media_kind=MEDIA_ASKED[request.media],
        status=STATUS_ASKED[request.status],
        order=Order.POPULAR if request.sort == item_pb2.SORT_POPULAR else Order.NEWEST,
    )


def podcast(row: Row, urls: media.Urls) -> podcast_pb2.Podcast:
    """One podcast with its details."""
    message = podcast_pb2.Podcast(podcast_id=row["id"], season=row["season"], episode=row["episode"])
    fill(message, row, urls)
    return message


def podcasts(rows: Iterable[Row], next_page_token: str, urls: media.Urls) -> podcast_pb2.ListPodcastsResponse:
    """A page of podcasts."""
    answer = podcast_pb2.ListPodcastsResponse(next_page_token=next_page_token)
    add = answer.podcasts.add
    for row in rows:
        fill(add(podcast_id=row["id"]), row, urls)
    return answer


def _source(request: podcast_pb2.CreatePodcastRequest | podcast_pb2.UpdatePodcastRequest) -> File | None:
    if request.WhichOneof("source") is None:
        return None
    return File(request.media_id, request.file_path)


def _cover(request: podcast_pb2.CreatePodcastRequest | podcast_pb2.UpdatePodcastRequest) -> Cover | None:
    given = request.WhichOneof("cover")
    if given is None:
        return None
    if given == "use_default_thumbnail":
        return Shipped() if request.use_default_thumbnail else Blank()
    return File(request.cover_media_id, request.cover_file_path)
